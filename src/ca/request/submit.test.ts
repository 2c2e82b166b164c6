import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { encodeDer, octetString } from '#pki/asn1/der-writer';
import { szOID_ARCHIVED_KEY_ATTR } from '#pki/asn1/oid-table';
import { archivedKeyAttribute } from '#pki/cmc/archived-key';
import { decodeFullResponse } from '#pki/cmc/full-response';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { attribute } from '#pki/x509/attribute';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { verifyCertificate } from '#test/support/openssl';
import { archivalRequest, cmcRequest, newKey, pkcs7Request, pkcs10, type RequesterKey } from '#test/support/requester';
import { DB_DISP } from '../schema/dispositions.ts';

const EFS = 'CertificateTemplate:EFS';
let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
});
after(() => world.close());

async function submit(request: Uint8Array, attributes = EFS, name = 'alice') {
  return (await world.as(name)).submit({ request, attributes });
}

/** The same message in BER: the outer lengths are indefinite. */
function indefinite(der: Uint8Array): Uint8Array {
  const header = der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f);
  return Uint8Array.of(0x30, 0x80, ...der.subarray(header), 0, 0);
}

const forms: readonly (readonly [form: string, requestType: number, make: () => Promise<Uint8Array>])[] = [
  ['PKCS #10', 0x100, () => pkcs10(engine, key)],
  ['PKCS #10 in BER', 0x100, async () => indefinite(await pkcs10(engine, key))],
  ['CMC', 0x40400, () => cmcRequest(engine, key)],
  ['CMC in BER', 0x40400, async () => indefinite(await cmcRequest(engine, key))],
  ['CMC around a null-signed PKCS #10', 0x40400, () => cmcRequest(engine, key, { isNullSigned: true })],
];

for (const [form, requestType, make] of forms) {
  test(`${form} is issued, and its row tells what it was`, async () => {
    const request = await make();
    const outcome = await submit(request);
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    assert.equal(outcome.dispositionMessage, 'Issued');
    const row = await world.ports.database.request(outcome.requestId);
    assert.equal(row?.RequestType, requestType);
    assert.equal(row?.RequesterName, 'CONTOSO\\alice');
    assert.deepEqual(
      (await world.ports.database.attributes(outcome.requestId)).map((each) => each.AttributeValue),
      ['EFS'],
    );
    const { tbsCertificate } = decodeCertificate(outcome.certificate!);
    assert.deepEqual(tbsCertificate.subjectPublicKeyInfo.raw, key.key.publicKey);
    assert.deepEqual(
      decodeFullResponse(outcome.fullResponse!).issuedCertHash,
      await engine.digest('sha1', outcome.certificate!),
    );
  });
}

test('openssl verifies what comes back', async () => {
  const { certificate } = await submit(await pkcs10(engine, key));
  assert.match(verifyCertificate(certificate!, world.authority.current.certificate.raw, world.now), /: OK$/m);
});

test('a PKCS #10 signed once more by a certificate is issued; by a stranger in its name it is not', async () => {
  const { certificate } = await submit(await pkcs10(engine, key));
  const request = await pkcs10(engine, key);
  const outcome = await submit(await pkcs7Request(engine, request, { certificate: certificate!, key }));
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  assert.equal((await world.ports.database.request(outcome.requestId))?.RequestType, 0x300);

  const forged = await submit(
    await pkcs7Request(engine, request, { certificate: certificate!, key: await newKey(engine) }),
  );
  assert.equal(forged.disposition, 'error');
  assert.equal(forged.statusCode, 0x80090006);
});

test('a caller who wants no full response gets none, and no signature is spent on it', async () => {
  const alice = await world.as('alice');
  const request = await pkcs10(engine, key);
  const outcome = await alice.submit({ request, attributes: EFS, fullResponse: false });
  assert.equal(outcome.disposition, 'issued');
  assert.equal(outcome.fullResponse, undefined);
});

const faults: readonly (readonly [fault: string, code: number, message: string, make: () => Promise<Uint8Array>])[] = [
  ['no bytes', 0x80093102, 'Error Parsing Request', async () => new Uint8Array(0)],
  ['half a request', 0x80093102, 'Error Parsing Request', async () => (await pkcs10(engine, key)).subarray(0, 300)],
  [
    'another type of message',
    0x80091004,
    'Error Parsing Request',
    async () => {
      const { certificate } = await submit(await pkcs10(engine, key));
      return pkcs7Request(engine, certificate!, { certificate: certificate!, key }).then((message) => {
        // id-data becomes another type of content.
        const at = Buffer.from(message).indexOf(Buffer.from('06092a864886f70d010701', 'hex'));
        message[at + 10] = 0x09;
        return message;
      });
    },
  ],
  [
    'a signature of another key',
    0x80090006,
    'Error Verifying Request Signature or Signing Certificate',
    async () => {
      const request = await pkcs10(engine, key);
      request[request.length - 1]! ^= 1;
      return request;
    },
  ],
  [
    'an outer signature of another key',
    0x80090006,
    'Error Verifying Request Signature or Signing Certificate',
    async () => cmcRequest(engine, key, { outerKey: await newKey(engine) }),
  ],
  [
    'a second signature that does not hold',
    0x80090006,
    'Error Verifying Request Signature or Signing Certificate',
    async () => {
      const { certificate } = await submit(await pkcs10(engine, key));
      return cmcRequest(engine, key, { cosigners: [{ certificate: certificate!, key: await newKey(engine) }] });
    },
  ],
  [
    'a null signature outside CMC',
    0x80090006,
    'Error Verifying Request Signature or Signing Certificate',
    () => pkcs10(engine, key, { isNullSigned: true }),
  ],
  [
    'an archived key among the signed attributes',
    0x8009400c,
    'Error Parsing Request',
    () =>
      cmcRequest(engine, key, { signedAttributes: [archivedKeyAttribute(encodeDer(octetString(Uint8Array.of(1))))] }),
  ],
  [
    'an archived key in the PKCS #10',
    0x8009400c,
    'Error Parsing Request',
    () =>
      pkcs10(engine, key, {
        attributes: [attribute(szOID_ARCHIVED_KEY_ATTR, [octetString(Uint8Array.of(1))])],
      }),
  ],
  [
    'an archived key among the signed attributes of a PKCS #7 request',
    0x8009400c,
    'Error Parsing Request',
    async () => {
      const request = await pkcs10(engine, key);
      const { certificate } = await submit(request);
      const signedAttributes = [archivedKeyAttribute(encodeDer(octetString(Uint8Array.of(1))))];
      return pkcs7Request(engine, request, { certificate: certificate!, key, signedAttributes });
    },
  ],
  [
    'a subject that its row has no room for',
    0x80070057,
    'Error Parsing Request',
    () => pkcs10(engine, key, { subject: `CN=${'x'.repeat(5000)}` }),
  ],
];

for (const [fault, code, message, make] of faults) {
  test(`0x${code.toString(16)} and a row, and nothing else: ${fault}`, async () => {
    const request = await make();
    const before = await world.state();
    const outcome = await submit(request);
    assert.equal(outcome.statusCode.toString(16), code.toString(16));
    assert.equal(outcome.disposition, 'error');
    assert.equal(outcome.dispositionMessage, message);
    assert.equal(outcome.certificate, undefined);
    const row = await world.ports.database.request(outcome.requestId);
    assert.equal(row?.Disposition, DB_DISP.ERROR);
    assert.equal(row?.RawRequest, null);
    assert.equal((await world.eventIds()).at(-1), 21);
    const { rows, ...others } = (await world.state()) as { rows: unknown[] };
    const { rows: rowsBefore, ...othersBefore } = before as { rows: unknown[] };
    assert.deepEqual(rows.slice(0, -1), rowsBefore);
    assert.deepEqual(others, othersBefore);
  });
}

test('a certificate that its row has no room for is not made: the request ends in an error', async () => {
  await world.publish('WebServer');
  const outcome = await submit(
    await pkcs10(engine, key, {
      subject: 'CN=web01',
      extensions: [encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'a'.repeat(4200) }])],
    }),
    'CertificateTemplate:WebServer',
    'Administrator',
  );
  assert.equal(outcome.disposition, 'error');
  assert.equal(outcome.dispositionMessage, 'Error Constructing or Publishing Certificate');
  assert.equal(await world.ports.database.certificate(outcome.requestId), undefined);
  assert.notEqual((await world.ports.database.request(outcome.requestId))?.RawRequest, null);
});

test('without the right to enroll on the CA nothing is written at all', async () => {
  const admin = await world.as('Administrator');
  await admin.setRights('Authenticated Users', []);
  try {
    const before = await world.state();
    await assert.rejects(async () => submit(await pkcs10(engine, key)), { symbol: 'CERTSRV_E_ENROLL_DENIED' });
    await assert.rejects(async () => (await world.as('alice')).exchangeCertificate(), {
      symbol: 'CERTSRV_E_ENROLL_DENIED',
    });
    assert.deepEqual(await world.state(), before);
  } finally {
    await admin.setRights('Authenticated Users', ['Enroll']);
  }
});

test('mutated requests: an outcome for each, in bounded time, and never an exception', async () => {
  const { certificate } = await (await world.as('alice')).exchangeCertificate();
  const samples = [
    await pkcs10(engine, key),
    await archivalRequest(engine, key, certificate, 'EFS'),
    await pkcs7Request(engine, await pkcs10(engine, key), {
      certificate: (await submit(await pkcs10(engine, key), 'CertificateTemplate:EFS', 'bob')).certificate!,
      key,
    }),
  ];
  const alice = await world.as('alice');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat()),
      fc.string(),
      async (sample, changes, cut, attributes) => {
        const bytes = sample.slice(0, cut === null ? sample.length : cut % sample.length);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        const { requestId } = await alice.submit({ request: bytes, attributes, fullResponse: false });
        const row = await world.ports.database.request(requestId);
        assert.ok(row?.Disposition === DB_DISP.ERROR || row?.Disposition === DB_DISP.DENIED);
      },
    ),
    { seed: 20261121, numRuns: 300 },
  );
  const entries = await collect(world.ports.database.audit());
  assert.ok(entries.length > 600);
});
