/** Keys that stand in a file by themselves. Of a private one the kind and the length are told, all of it under -privatekey. */
import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { readAlgorithmIdentifier } from '#pki/crypto/algorithm-identifier';
import { decodeEcPrivateKey } from '#pki/crypto/ec-private-key';
import { wipe } from '#pki/crypto/engine';
import { ecPrivateKeyInfo, rsaPrivateKeyInfo } from '#pki/crypto/private-key-info';
import { decodeSubjectPublicKeyInfo } from '#pki/crypto/public-key';
import { decodeRsaPrivateKey } from '#pki/crypto/rsa-private-key';
import { decodeBcryptEccPublicKey, isBcryptEccBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { bcryptRsaMagic, decodeBcryptRsaPublicKey } from '#pki/keyblob/bcrypt-rsa-blob';
import { decodeCapiPublicKeyBlob, isCapiPublicKeyBlob } from '#pki/keyblob/capi-blob';
import { keyBlobFormat } from '#pki/keyblob/key-blob';
import type { Json } from '../../io/verb.ts';
import { algorithmValue, printAlgorithm } from './algorithm-identifier.ts';
import type { Page } from './page.ts';
import { printPrivateKey } from './private-key.ts';
import { printKeyIdHashes, printPublicKey, publicKeyValue } from './public-key.ts';

/** Undefined for what begins as no key blob of CryptoAPI or CNG. */
export async function printKeyBlob(page: Page, bytes: Uint8Array): Promise<Json | undefined> {
  if (isCapiPublicKeyBlob(bytes)) return printPublic(page, 'PUBLICKEYBLOB', decodeCapiPublicKeyBlob(bytes).publicKey);
  if (bcryptRsaMagic(bytes) === 'RSA1') return printPublic(page, 'RSAPUBLICBLOB', decodeBcryptRsaPublicKey(bytes));
  if (isBcryptEccBlob(bytes) && !hasPrivateNumber(bytes)) {
    return printPublic(page, 'ECCPUBLICBLOB', decodeBcryptEccPublicKey(bytes));
  }
  const format = keyBlobFormat(bytes);
  return format === undefined || format === 'pkcs8' || format === 'pfx' ? undefined : printPrivateKey(page, bytes);
}

/** BCRYPT_ECCKEY_BLOB: dwMagic, cbKey, then two numbers of a public key or three of a private one. */
function hasPrivateNumber(blob: Uint8Array): boolean {
  if (blob.length < 8) return false;
  const cbKey = new DataView(blob.buffer, blob.byteOffset, 8).getUint32(4, true);
  return blob.length > 8 + 2 * cbKey;
}

/** SubjectPublicKeyInfo. */
export function printPublicKeyInfo(page: Page, der: Uint8Array): Promise<Json> {
  return printPublic(page, 'X509_PUBLIC_KEY_INFO', der);
}

async function printPublic(page: Page, form: string, publicKey: Uint8Array): Promise<Json> {
  const spki = decodeSubjectPublicKeyInfo(publicKey);
  page.line('Public Key:');
  page.line(`  ${form}`);
  printPublicKey(page, spki);
  await printKeyIdHashes(page, spki, { all: true });
  return { type: 'publicKey', form, publicKey: publicKeyValue(spki) };
}

/** PrivateKeyInfo. */
export function printPrivateKeyInfo(page: Page, der: Uint8Array): Json {
  return printPrivateKey(page, der);
}

/** RSAPrivateKey of PKCS #1 (RFC 8017 §A.1.2). */
export function printRsaPrivateKey(page: Page, der: Uint8Array): Json {
  const pkcs8 = rsaPrivateKeyInfo(decodeRsaPrivateKey(der));
  try {
    return printPrivateKey(page, der, 'PKCS_RSA_PRIVATE_KEY', pkcs8);
  } finally {
    wipe(pkcs8);
  }
}

/** ECPrivateKey (RFC 5915 §3). Throws NTE_BAD_ALGID for one that does not name its curve. */
export function printEcPrivateKey(page: Page, der: Uint8Array): Json {
  const { parameters: curve, privateKey, publicKey } = decodeEcPrivateKey(der);
  if (!curve) throw hresult('NTE_BAD_ALGID', 'The private key does not name its curve.');
  const pkcs8 = ecPrivateKeyInfo(curve, privateKey, publicKey);
  try {
    return printPrivateKey(page, der, 'X509_ECC_PRIVATE_KEY', pkcs8);
  } finally {
    wipe(pkcs8);
  }
}

/** EncryptedPrivateKeyInfo (RFC 5208 §6): what it is sealed with; -p does not open it. */
export function printEncryptedPrivateKeyInfo(page: Page, der: Uint8Array): Json {
  const { encryptionAlgorithm, encryptedData } = decodeWhole(der, (reader) => {
    const fields = reader.sequence();
    const value = { encryptionAlgorithm: readAlgorithmIdentifier(fields), encryptedData: fields.octetString() };
    fields.finish();
    return value;
  });
  page.line('Encrypted Private Key:');
  page.line('  PKCS_ENCRYPTED_PRIVATE_KEY_INFO');
  printAlgorithm(page, 'Encryption Algorithm', encryptionAlgorithm);
  page.line(`Encrypted Length: ${encryptedData.length}`);
  return {
    type: 'encryptedPrivateKey',
    encryptionAlgorithm: algorithmValue(encryptionAlgorithm),
    encryptedLength: encryptedData.length,
  };
}
