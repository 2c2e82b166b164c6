import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { id_cct_PKIResponse } from '../asn1/oid-table.ts';
import { issuerAndSerialNumberOf } from '../cms/certificate-match.ts';
import { certificatesOf } from '../cms/certificate-set.ts';
import type { SignatureRequest } from '../cms/sign.ts';
import { decodeSignedData, encodeSignedData } from '../cms/signed-data.ts';
import { signerCertificate, verifySignerInfo } from '../cms/verify.ts';
import type { PrivateKey } from '../crypto/engine.ts';
import { nodeEngine as engine } from '../crypto/node/engine.ts';
import { isSignedBy } from '../x509/certificate.ts';
import { controlValues } from './controls.ts';
import { decodeFullRequest } from './full-request.ts';
import {
  buildFullResponse,
  decodeFullResponse,
  type FullResponseOutcome,
  issuedCertificate,
  pendTokenOf,
} from './full-response.ts';
import { decodePkiResponse, encodePkiResponse } from './pki-response.ts';
import { CMCFailInfo, CMCStatus } from './status-info.ts';

const vector = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../test/vectors/whitepaper/${name}`, import.meta.url)));
const response = vector('response.der');
const [ca, issued] = certificatesOf(decodeSignedData(response)).map(({ raw }) => raw) as [Uint8Array, Uint8Array];
let key: PrivateKey;

before(async () => {
  key = await engine.importPrivateKey(await engine.generateKey({ type: 'rsa', modulusLength: 2048 }));
});

function signer(digest: 'sha1' | 'sha256' = 'sha256'): SignatureRequest {
  const [certificate] = certificatesOf(decodeSignedData(response));
  return { signer: key, sid: issuerAndSerialNumberOf(certificate!), scheme: { name: 'rsa-pkcs1', digest } };
}

function build(outcome: FullResponseOutcome, statusString: string, more = {}): Promise<Uint8Array> {
  return buildFullResponse({ outcome, statusString, chain: [ca], signer: signer(), engine, ...more });
}

test('hashes and signatures of the white paper response hold', async () => {
  const full = decodeFullResponse(response);
  const { signedData } = full;
  const [signerInfo] = signedData.signerInfos;
  const caCertificate = signerCertificate(signedData, signerInfo!)!;
  const caKey = caCertificate.tbsCertificate.subjectPublicKeyInfo;
  await verifySignerInfo(signedData, signerInfo!, caKey.raw, engine);
  assert.equal(await isSignedBy(caCertificate, caKey, engine), true);
  const certificate = await issuedCertificate(full, engine);
  assert.equal(certificate?.raw.length, 1572);
  assert.equal(await isSignedBy(certificate, caKey, engine), true);
  assert.deepEqual(full.encryptedKeyHash, decodeFullRequest(vector('request.der')).encryptedKeyHash);
  assert.deepEqual(full.statusInfo, {
    cMCStatus: CMCStatus.success,
    bodyList: [1],
    statusString: 'Issued',
    failInfo: undefined,
    pendInfo: undefined,
  });
});

test('an issued response has the shape of the white paper, byte for byte but for the signature', async () => {
  const encryptedKeyHash = decodeFullResponse(response).encryptedKeyHash!;
  const bytes = await build({ status: 'issued', certificate: issued, encryptedKeyHash }, 'Issued', {
    signer: signer('sha1'),
  });
  const [ours, theirs] = [decodeSignedData(bytes), decodeSignedData(response)];
  const signature = theirs.signerInfos[0]!.signature;
  const signerInfos = ours.signerInfos.map((one) => ({ ...one, signature }));
  assert.deepEqual(encodeSignedData({ ...ours, signerInfos }), response);
});

test('PKIResponse is encoded again byte for byte', () => {
  const { eContent } = decodeSignedData(response).encapContentInfo;
  assert.deepEqual(encodePkiResponse(decodePkiResponse(eContent!)), eContent);
});

test('without an archived key nothing is echoed', async () => {
  const full = decodeFullResponse(await build({ status: 'issued', certificate: issued }, 'Issued'));
  assert.equal(full.encryptedKeyHash, undefined);
  assert.deepEqual((await issuedCertificate(full, engine))?.raw, issued);
});

test('a denied request brings a status and no certificate', async () => {
  const full = decodeFullResponse(await build({ status: 'failed' }, 'Denied by Policy Module'));
  assert.equal(full.statusInfo?.cMCStatus, CMCStatus.failed);
  assert.equal(full.statusInfo.statusString, 'Denied by Policy Module');
  assert.equal(full.statusInfo.failInfo, undefined);
  assert.equal(full.pkiResponse.controlSequence.length, 1);
  assert.deepEqual(
    full.certificates.map(({ raw }) => raw),
    [ca],
  );
  assert.equal(await issuedCertificate(full, engine), undefined);
  const withReason = await build({ status: 'failed', failInfo: CMCFailInfo.badRequest }, 'Error');
  assert.equal(decodeFullResponse(withReason).statusInfo?.failInfo, CMCFailInfo.badRequest);
});

test('a pending request brings its id and the time the CA got it', async () => {
  const pendTime = new Date('2026-11-21T08:00:00Z');
  const full = decodeFullResponse(
    await build({ status: 'pending', requestId: 0x01020304, pendTime }, 'Taken Under Submission'),
  );
  assert.equal(full.statusInfo?.cMCStatus, CMCStatus.pending);
  assert.deepEqual(full.statusInfo.pendInfo, { pendToken: Uint8Array.of(4, 3, 2, 1), pendTime });
  assert.deepEqual(pendTokenOf(7), Uint8Array.of(7, 0, 0, 0));
});

test('transaction and nonce of the request are echoed, controls counted from 1', async () => {
  const more = {
    requestBodyPartID: 42,
    transactionId: Uint8Array.of(5),
    recipientNonce: Uint8Array.of(6, 7),
  };
  const full = decodeFullResponse(await build({ status: 'issued', certificate: issued }, 'Issued', more));
  const { controlSequence } = full.pkiResponse;
  assert.deepEqual(full.statusInfo?.bodyList, [42]);
  assert.deepEqual(
    controlSequence.map(({ bodyPartID }) => bodyPartID),
    [1, 2, 3, 4],
  );
  assert.deepEqual(controlValues(controlSequence, '1.3.6.1.5.5.7.7.5'), [Uint8Array.of(2, 1, 5)]);
  assert.deepEqual(controlValues(controlSequence, '1.3.6.1.5.5.7.7.7'), [Uint8Array.of(4, 2, 6, 7)]);
});

test('a status that stands twice is refused', () => {
  const signedData = decodeSignedData(response);
  const body = decodePkiResponse(signedData.encapContentInfo.eContent!);
  const controlSequence = [...body.controlSequence, ...body.controlSequence];
  const eContent = encodePkiResponse({ ...body, controlSequence });
  assert.ok(!isSameBytes(eContent, signedData.encapContentInfo.eContent!));
  assert.throws(
    () =>
      decodeFullResponse(
        encodeSignedData({ ...signedData, encapContentInfo: { eContentType: id_cct_PKIResponse, eContent } }),
      ),
    (error) => isHresult(error, 'CRYPT_E_BAD_MSG'),
  );
});

test('a request is no response', () => {
  assert.throws(
    () => decodeFullResponse(vector('request.der')),
    (error) => isHresult(error, 'CRYPT_E_INVALID_MSG_TYPE'),
  );
});
