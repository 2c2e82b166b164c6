/**
 * Requests that certreq never makes: a client's faults, or an attacker's, one file each in the current folder.
 *
 *     (certutil -CAInfo xchg; cat kra1.cer) | node errors-make-request.ts make ARCHIVING NEWER
 *     node errors-make-request.ts cosign TEMPLATE...
 *     node errors-make-request.ts tamper N FILE OUT
 *
 * `make` reads the CA exchange certificate and that of somebody else; ARCHIVING is the template that archives keys, NEWER what
 * `certhaven template duplicate --json` printed of another one. It leaves signer.req with its key: enrolled as signer.cer it
 * signs around a request for each TEMPLATE under `cosign`. `tamper` turns a bit of the Nth octet from the end.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { octetString } from '#pki/asn1/der-writer';
import { szOID_ARCHIVED_KEY_ATTR } from '#pki/asn1/oid-table';
import { decodePem, encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import { attribute } from '#pki/x509/attribute';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { archivalRequest, cmcRequest, keyBlobOf, newKey, pkcs10 } from './requester.ts';

type Requests = Readonly<Record<string, Uint8Array>>;

async function makeRequests(
  [exchange, stranger]: readonly [Uint8Array, Uint8Array],
  template: string,
  templateID: string,
): Promise<Requests> {
  const own = await newKey(engine);
  const other = await newKey(engine);
  const archived = (options: Parameters<typeof archivalRequest>[4], recipient = exchange) =>
    archivalRequest(engine, own, recipient, template, options);
  const newer = { templateID, templateMajorVersion: 999, templateMinorVersion: 0 };
  const manyNames = Array.from({ length: 600 }, (_, i) => ({
    type: 'dNSName' as const,
    value: `${i}.long.contoso.com`,
  }));
  const plain = await pkcs10(engine, own, { subject: 'CN=Plain' });
  return {
    'mail.req': await archived({}),
    'other-recipient.req': await archived({}, stranger),
    'other-key.req': await archived({ keyBlob: keyBlobOf(other) }),
    'wrong-hash.req': await archived({ hash: new Uint8Array(32).fill(7) }),
    'no-hash.req': await archived({ hash: new Uint8Array(5) }),
    'signature-key.req': await archived({ keyBlob: encodeCapiPrivateKeyBlob(own.pkcs8, 2) }),
    'no-key.req': await archived({ keyBlob: new TextEncoder().encode('no private key at all') }),
    'unwanted-key.req': await archivalRequest(engine, own, exchange, 'User'),
    'key-in-plain-request.req': await pkcs10(engine, own, {
      attributes: [attribute(szOID_ARCHIVED_KEY_ATTR, [octetString(keyBlobOf(own))])],
    }),
    'plain.req': plain,
    'no-subject.req': await pkcs10(engine, own, { subject: '' }),
    'newer-template.req': await pkcs10(engine, own, {
      extensions: [encodeExtension(EXTENSIONS.certificateTemplate, newer)],
    }),
    'short.req': await pkcs10(engine, await newKey(engine, { type: 'rsa', modulusLength: 1024 })),
    'other-signer.req': await cmcRequest(engine, own, { template, outerKey: other }),
    'many-names.req': await pkcs10(engine, own, {
      subject: 'CN=Many Names',
      extensions: [encodeExtension(EXTENSIONS.subjectAltName, manyNames)],
    }),
    'tampered.req': tampered(plain, 1),
    'cut-off.req': plain.subarray(0, plain.length - 20),
  };
}

function tampered(bytes: Uint8Array, fromEnd: number): Uint8Array {
  return bytes.with(bytes.length - fromEnd, bytes.at(-fromEnd)! ^ 1);
}

async function make([archiving = '', newer = '']: readonly string[]): Promise<Requests> {
  const [exchange, stranger] = decodePem(readFileSync(0, 'utf8')).map(({ bytes }) => bytes);
  const { result } = JSON.parse(readFileSync(newer, 'utf8')) as { result: { oid: string } };
  const signer = await newKey(engine);
  writeFileSync('signer.key', signer.pkcs8, { mode: 0o600 });
  return {
    ...(await makeRequests([exchange!, stranger!], archiving, result.oid)),
    'signer.req': await pkcs10(engine, signer, { subject: 'CN=Signer' }),
  };
}

async function cosign(templates: readonly string[]): Promise<Requests> {
  const pkcs8 = readFileSync('signer.key');
  const certificate = decodePem(readFileSync('signer.cer', 'utf8'))[0]!.bytes;
  const cosigners = [{ certificate, key: { pkcs8, key: await engine.importPrivateKey(pkcs8) } }];
  const own = await newKey(engine);
  const requests: Record<string, Uint8Array> = {};
  for (const template of templates)
    requests[`${template}.req`] = await cmcRequest(engine, own, { template, cosigners });
  return requests;
}

const [word, ...rest] = process.argv.slice(2);
if (word === 'tamper') {
  const [fromEnd = '', file = '', out = ''] = rest;
  writeFileSync(out, tampered(readFileSync(file), Number(fromEnd)));
} else {
  const requests = await (word === 'cosign' ? cosign(rest) : make(rest));
  for (const [name, request] of Object.entries(requests))
    writeFileSync(name, encodePem('NEW CERTIFICATE REQUEST', request));
}
