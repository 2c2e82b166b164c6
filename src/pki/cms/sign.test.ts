import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { octetString, oid } from '../asn1/der-writer.ts';
import { id_alg_noSignature, id_contentType, id_data, id_messageDigest } from '../asn1/oid-table.ts';
import type { PrivateKey, SignatureScheme } from '../crypto/engine.ts';
import { nodeEngine as engine } from '../crypto/node/engine.ts';
import { type Attribute, attributeOf, encodeAttributesForSigning, encodeAttributesInOrder } from './attribute.ts';
import { type SignDataRequest, signData } from './sign.ts';
import { decodeSignedData, encodeSignedData, type SignedData, type SignerInfo } from './signed-data.ts';
import { isNoSignature, verifyNoSignature, verifySignerInfo } from './verify.ts';

const ecdsa: SignatureScheme = { name: 'ecdsa', digest: 'sha256' };
const sid = { subjectKeyIdentifier: Uint8Array.of(1, 2, 3) };
const eContent = new TextEncoder().encode('content');
let key: PrivateKey;
let rsa: PrivateKey;

before(async () => {
  key = await engine.importPrivateKey(await engine.generateKey({ type: 'ec', curve: 'P-256' }));
  rsa = await engine.importPrivateKey(await engine.generateKey({ type: 'rsa', modulusLength: 2048 }));
});

function request(change: Partial<SignDataRequest> = {}): SignDataRequest {
  return { eContentType: '1.2.3', eContent, signers: [{ signer: key, sid, scheme: ecdsa }], engine, ...change };
}

const only = (signedData: SignedData): SignerInfo => signedData.signerInfos[0]!;

async function rejectsWith(symbol: HresultSymbol, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isHresult(error, symbol));
}

test('what is signed verifies, under its own key alone', async () => {
  const signedData = decodeSignedData(await signData(request()));
  await verifySignerInfo(signedData, only(signedData), key.publicKey, engine);
  const other = await engine.importPrivateKey(await engine.generateKey({ type: 'ec', curve: 'P-256' }));
  await rejectsWith('NTE_BAD_SIGNATURE', verifySignerInfo(signedData, only(signedData), other.publicKey, engine));
});

test('versions are those of RFC 5652 §5.1 and §5.3', async () => {
  const version = async (change: Partial<SignDataRequest>) => {
    const signedData = decodeSignedData(await signData(request(change)));
    return [signedData.version, only(signedData).version];
  };
  const issuer = { raw: Uint8Array.of(0x30, 0), rdnSequence: [] };
  const byIssuer = { issuerAndSerialNumber: { issuer, serialNumber: Uint8Array.of(1) } };
  const signers = [{ signer: key, sid: byIssuer, scheme: ecdsa }];
  assert.deepEqual(await version({ eContentType: id_data, signers }), [1, 1]);
  assert.deepEqual(await version({ eContentType: '1.2.3', signers }), [3, 1]);
  assert.deepEqual(await version({ eContentType: id_data }), [3, 3]);
  const choice = (n: number) => [Uint8Array.of(0xa0 | n, 0)];
  assert.deepEqual(await version({ eContentType: id_data, signers, certificates: choice(1) }), [3, 1]);
  assert.deepEqual(await version({ eContentType: id_data, signers, certificates: choice(2) }), [4, 1]);
  assert.deepEqual(await version({ eContentType: id_data, signers, certificates: choice(3) }), [5, 1]);
  assert.deepEqual(await version({ eContentType: id_data, signers, crls: choice(1) }), [5, 1]);
});

test('PKCS #1 v1.5 signatures are named rsaEncryption unless the caller wants the digest in the name', async () => {
  const scheme: SignatureScheme = { name: 'rsa-pkcs1', digest: 'sha256' };
  for (const [rsaEncryptionOid, expected] of [
    [undefined, '1.2.840.113549.1.1.1'],
    [false, '1.2.840.113549.1.1.11'],
  ] as const) {
    const signedData = decodeSignedData(
      await signData(request({ signers: [{ signer: rsa, sid, scheme, rsaEncryptionOid }] })),
    );
    assert.equal(only(signedData).signatureAlgorithm.algorithm, expected);
    await verifySignerInfo(signedData, only(signedData), rsa.publicKey, engine);
  }
});

test('RSASSA-PSS signs and verifies', async () => {
  const scheme: SignatureScheme = { name: 'rsa-pss', digest: 'sha384', saltLength: 48 };
  const signedData = decodeSignedData(await signData(request({ signers: [{ signer: rsa, sid, scheme }] })));
  await verifySignerInfo(signedData, only(signedData), rsa.publicKey, engine);
});

test('each of several signers is verified on its own, and their digests are listed once each', async () => {
  const signers = [
    { signer: key, sid, scheme: ecdsa },
    { signer: rsa, sid, scheme: { name: 'rsa-pkcs1', digest: 'sha512' } },
    { signer: key, sid, scheme: ecdsa },
  ] as const;
  const signedData = decodeSignedData(await signData(request({ signers })));
  assert.equal(signedData.digestAlgorithms.length, 2);
  for (const [index, { signer }] of signers.entries()) {
    await verifySignerInfo(signedData, signedData.signerInfos[index]!, signer.publicKey, engine);
  }
});

test('signed attributes stand in the order of DER and are covered; unsigned ones are not', async () => {
  const signedAttributes = [attributeOf('1.2.3.4', octetString(new Uint8Array(60))), attributeOf('1.2', oid('1.2'))];
  const unsignedAttributes = [attributeOf('1.2.3.5', octetString(new Uint8Array(1)))];
  const signedData = decodeSignedData(
    await signData(request({ signers: [{ signer: key, sid, scheme: ecdsa, signedAttributes, unsignedAttributes }] })),
  );
  const { signedAttrs } = only(signedData);
  assert.deepEqual(
    signedAttrs?.map(({ attrType }) => attrType),
    ['1.2', id_contentType, id_messageDigest, '1.2.3.4'],
  );
  await verifySignerInfo(signedData, { ...only(signedData), unsignedAttrs: undefined }, key.publicKey, engine);
  const without = { ...only(signedData), signedAttrs: signedAttrs!.filter(({ attrType }) => attrType !== '1.2') };
  await rejectsWith('NTE_BAD_SIGNATURE', verifySignerInfo(signedData, without, key.publicKey, engine));
});

test('a signer that did not sort its attributes is verified over them as sent', async () => {
  const base = decodeSignedData(await signData(request()));
  const signedAttrs = [...only(base).signedAttrs!].reverse();
  const signature = await key.sign(ecdsa, encodeAttributesInOrder(signedAttrs));
  const signerInfo = { ...only(base), signedAttrs, signature };
  await verifySignerInfo(base, signerInfo, key.publicKey, engine);
});

test('sorted attributes verify whatever order they were sent in', async () => {
  const base = decodeSignedData(await signData(request()));
  const signerInfo = { ...only(base), signedAttrs: [...only(base).signedAttrs!].reverse() };
  await verifySignerInfo(base, signerInfo, key.publicKey, engine);
});

test('a changed content has another hash', async () => {
  const signedData = decodeSignedData(await signData(request()));
  const changed = { ...signedData, encapContentInfo: { eContentType: '1.2.3', eContent: Uint8Array.of(0) } };
  await rejectsWith('CRYPT_E_HASH_VALUE', verifySignerInfo(changed, only(changed), key.publicKey, engine));
});

test('contentType and messageDigest must be there and must fit', async () => {
  const signedData = decodeSignedData(await signData(request()));
  const signedWith = async (signedAttrs: readonly Attribute[] | undefined) => {
    const signature = await key.sign(ecdsa, signedAttrs ? encodeAttributesForSigning(signedAttrs) : eContent);
    return verifySignerInfo(signedData, { ...only(signedData), signedAttrs, signature }, key.publicKey, engine);
  };
  const attributes = only(signedData).signedAttrs!;
  const [contentType, messageDigest] = attributes as [Attribute, Attribute];
  await signedWith(attributes);
  await rejectsWith('CRYPT_E_AUTH_ATTR_MISSING', signedWith([contentType]));
  await rejectsWith('CRYPT_E_AUTH_ATTR_MISSING', signedWith([messageDigest]));
  const otherType = attributeOf(id_contentType, oid('1.2.4'));
  await rejectsWith('CRYPT_E_AUTH_ATTR_MISSING', signedWith([otherType, messageDigest]));
  await rejectsWith('CRYPT_E_BAD_MSG', signedWith([contentType, messageDigest, messageDigest]));
  await rejectsWith('CRYPT_E_AUTH_ATTR_MISSING', signedWith(undefined));
});

test('plain data may be signed without attributes', async () => {
  const base = decodeSignedData(await signData(request({ eContentType: id_data })));
  const signature = await key.sign(ecdsa, eContent);
  const signerInfo = { ...only(base), signedAttrs: undefined, signature };
  await verifySignerInfo(base, signerInfo, key.publicKey, engine);
});

test('a detached signature needs its content', async () => {
  const signedData = decodeSignedData(await signData(request({ detached: true })));
  assert.equal(signedData.encapContentInfo.eContent, undefined);
  await verifySignerInfo(signedData, only(signedData), key.publicKey, engine, eContent);
  await rejectsWith('CRYPT_E_BAD_MSG', verifySignerInfo(signedData, only(signedData), key.publicKey, engine));
});

test('an unknown digest or signature algorithm is named', async () => {
  const signedData = decodeSignedData(await signData(request()));
  const unknown = { algorithm: '1.2.3.4', parameters: undefined };
  for (const change of [{ digestAlgorithm: unknown }, { signatureAlgorithm: unknown }]) {
    const signerInfo = { ...only(signedData), ...change };
    await rejectsWith('NTE_BAD_ALGID', verifySignerInfo(signedData, signerInfo, key.publicKey, engine));
  }
});

test('a signer without signature is checked by its digest and told apart', async () => {
  const base = decodeSignedData(await signData(request()));
  assert.equal(isNoSignature(only(base)), false);
  await rejectsWith('NTE_BAD_SIGNATURE', verifyNoSignature(base, only(base), engine));
  const signerInfo: SignerInfo = {
    ...only(base),
    signatureAlgorithm: { algorithm: id_alg_noSignature, parameters: Uint8Array.of(5, 0) },
    signature: await engine.digest('sha256', encodeAttributesForSigning(only(base).signedAttrs!)),
  };
  assert.equal(isNoSignature(signerInfo), true);
  await verifyNoSignature(base, signerInfo, engine);
  await rejectsWith('NTE_BAD_ALGID', verifySignerInfo(base, signerInfo, key.publicKey, engine));
  await rejectsWith('NTE_BAD_SIGNATURE', verifyNoSignature(base, { ...signerInfo, signature: eContent }, engine));
});

test('what was signed is written again byte for byte', async () => {
  const bytes = await signData(request({ certificates: [Uint8Array.of(0x30, 0)], crls: [Uint8Array.of(0x30, 0)] }));
  assert.deepEqual(encodeSignedData(decodeSignedData(bytes)), bytes);
});
