import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whitePaperCertificationRequest } from '#test/support/white-paper';
import { newPrivateKey } from '#test/support/x509-hierarchy';
import { bitString, encodeDer, ia5String, oid, sequence } from '../asn1/der-writer.ts';
import { szOID_CERT_EXTENSIONS } from '../asn1/oid-table.ts';
import { digestOid } from '../crypto/digest-algorithm.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { defaultScheme, signatureScheme } from '../crypto/signature-algorithm.ts';
import { attribute, findAttribute } from './attribute.ts';
import {
  buildCertificationRequestInfo,
  decodeCertificationRequest,
  extensionRequest,
  isNullSigned,
  isSignedByOwnKey,
  requestedExtensions,
  signCertificationRequest,
} from './certification-request.ts';
import { EXTENSIONS, encodeExtension, extensionValue } from './extensions/extension-table.ts';
import { KEY_USAGE } from './extensions/key-usage.ts';
import { formatName, parseName } from './name-text.ts';
import { assembleSigned } from './signed.ts';

test("the white paper's request is read and its signature verifies", async () => {
  const request = decodeCertificationRequest(whitePaperCertificationRequest());
  const { certificationRequestInfo: info } = request;
  assert.equal(info.version, 0);
  assert.equal(formatName(info.subject), 'CN=Test Subject');
  assert.deepEqual(
    info.attributes.map(({ type }) => type),
    ['1.3.6.1.4.1.311.13.2.3', '1.3.6.1.4.1.311.21.20', '1.3.6.1.4.1.311.13.2.2', '1.2.840.113549.1.9.14'],
  );
  const extensions = requestedExtensions(request);
  assert.equal(extensions.length, 6);
  assert.equal(extensionValue(extensions, EXTENSIONS.keyUsage), KEY_USAGE.keyEncipherment);
  assert.equal(extensionValue(extensions, EXTENSIONS.sMIMECapabilities)!.length, 4);
  assert.ok(await isSignedByOwnKey(request, nodeEngine));
  assert.ok(!(await isNullSigned(request, nodeEngine)));
});

test("the white paper's request is built again byte for byte", () => {
  const der = whitePaperCertificationRequest();
  const { certificationRequestInfo: info, signatureAlgorithm, signature } = decodeCertificationRequest(der);
  const built = buildCertificationRequestInfo({ ...info, subjectPKInfo: info.subjectPKInfo.raw });
  assert.deepEqual(built, info.raw);
  assert.deepEqual(assembleSigned(built, signatureScheme(signatureAlgorithm), signature), der);
});

test('a request is signed by its key, and changed bytes show', async () => {
  const key = await newPrivateKey();
  const info = buildCertificationRequestInfo({
    subject: parseName('CN=a'),
    subjectPKInfo: key.publicKey,
    attributes: [attribute('1.3.6.1.4.1.311.13.2.3', [ia5String('10.0.1.2')])],
  });
  const der = await signCertificationRequest(info, defaultScheme(key.publicKey), key);
  const request = decodeCertificationRequest(der);
  assert.ok(await isSignedByOwnKey(request, nodeEngine));
  assert.equal(findAttribute(request.certificationRequestInfo.attributes, '1.2.3'), undefined);
  assert.deepEqual(findAttribute(request.certificationRequestInfo.attributes, '1.3.6.1.4.1.311.13.2.3')?.values, [
    encodeDer(ia5String('10.0.1.2')),
  ]);
  const changed = Uint8Array.from(der);
  changed[Buffer.from(der).indexOf('10.0.1.2')] = 0x32;
  assert.ok(!(await isSignedByOwnKey(decodeCertificationRequest(changed), nodeEngine)));
});

test('extensions are found under both attribute types, the first of a kind counts', async () => {
  const key = await newPrivateKey();
  const usage = encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.digitalSignature);
  const otherUsage = encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment);
  const template = encodeExtension(EXTENSIONS.enrollCertType, 'User');
  const info = buildCertificationRequestInfo({
    subject: parseName(''),
    subjectPKInfo: key.publicKey,
    attributes: [extensionRequest([otherUsage, template], szOID_CERT_EXTENSIONS), extensionRequest([usage])],
  });
  const request = decodeCertificationRequest(await signCertificationRequest(info, defaultScheme(key.publicKey), key));
  assert.deepEqual(requestedExtensions(request), [usage, template]);
});

test('a request without its empty set of attributes is read', async () => {
  const key = await newPrivateKey();
  const full = buildCertificationRequestInfo({
    subject: parseName('CN=a'),
    subjectPKInfo: key.publicKey,
    attributes: [],
  });
  assert.deepEqual(full.subarray(-2), Uint8Array.of(0xa0, 0));
  const bare = Uint8Array.of(0x30, full[1]! - 2, ...full.subarray(2, -2));
  const request = decodeCertificationRequest(await signCertificationRequest(bare, defaultScheme(key.publicKey), key));
  assert.deepEqual(request.certificationRequestInfo.attributes, []);
  assert.ok(await isSignedByOwnKey(request, nodeEngine));
});

test('a null signature is a bare digest and no proof of possession', async () => {
  const key = await newPrivateKey();
  const info = buildCertificationRequestInfo({
    subject: parseName('CN=a'),
    subjectPKInfo: key.publicKey,
    attributes: [],
  });
  const nullSigned = (digest: Uint8Array) =>
    decodeCertificationRequest(encodeDer(sequence(info, sequence(oid(digestOid('sha256'))), bitString(digest))));
  const request = nullSigned(await nodeEngine.digest('sha256', info));
  assert.ok(await isNullSigned(request, nodeEngine));
  assert.ok(!(await isSignedByOwnKey(request, nodeEngine)));
  assert.ok(!(await isNullSigned(nullSigned(new Uint8Array(32)), nodeEngine)));
});
