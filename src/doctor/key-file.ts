/** Whether a file holds a private key, or the password of one, by its content: what is left over seldom has the name that it should have. */
import { decodePem, decodePemOrDer, decodeText } from '#pki/asn1/pem';
import { decodeEcPrivateKey } from '#pki/crypto/ec-private-key';
import { wipe } from '#pki/crypto/engine';
import { decodePrivateKeyInfo, ecPrivateKeyInfo, rsaPrivateKeyInfo } from '#pki/crypto/private-key-info';
import { decodeRsaPrivateKey } from '#pki/crypto/rsa-private-key';
import { decodeKeyBlob } from '#pki/keyblob/key-blob';
import { computePublicKey, publicKeyToken } from '#pki/keyblob/public-key-match';
import { decodeEncryptedPrivateKeyInfo } from '#pki/pkcs12/encrypted-private-key';
import { decodePfx } from '#pki/pkcs12/pfx';
import { orUndefined } from '#pki/x509/readable-extension';

export interface KeyFile {
  /** `a private key in clear (PEM)`. */
  readonly what: string;
  /** Whoever reads the file has the key. */
  readonly isClear: boolean;
  /** Of keys in clear, as publicKeyToken writes them, where they are of a kind that is known. */
  readonly publicKeys: readonly string[];
}

/** PKCS #5 and #12 schemes: what else is an algorithm and an OCTET STRING is no key. */
const PASSWORD_SCHEMES = /^1\.2\.840\.113549\.1\.(?:5|12\.1)\.\d+$/;

/** Undefined for a file without either. Nothing is opened that has a password. `name` is the file's. */
export function keyFile(bytes: Uint8Array, name: string): KeyFile | undefined {
  // No published text says what an Entrust profile begins with, but that it is one of sections.
  if (/\.epf$/i.test(name) && /^\s*\[/.test(decodeText(bytes))) return sealed('an Entrust profile (EPF)');
  return binaryStore(bytes) ?? textOf(bytes) ?? derOf(orUndefined(() => decodePemOrDer(bytes)) ?? bytes);
}

function sealed(what: string): KeyFile {
  return { what, isClear: false, publicKeys: [] };
}

/** Java's key stores and Microsoft's private key files, by their first word. */
function binaryStore(bytes: Uint8Array): KeyFile | undefined {
  if (bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0);
  if (magic === 0xfeedfeed) return sealed('a Java key store (JKS)');
  if (magic === 0xcececece) return sealed('a Java key store (JCEKS)');
  // PVK: magic, reserved, KeySpec, whether it is encrypted, lengths of the salt and of the PRIVATEKEYBLOB behind it.
  if (magic !== 0x1ef1b5b0 || view.getUint32(4, true) !== 0) return undefined;
  if (view.getUint32(12, true) !== 0) return sealed('an encrypted private key (PVK)');
  return clear('a private key in clear (PVK)', [privateKeyOf(bytes.subarray(24 + view.getUint32(16, true)))]);
}

function textOf(bytes: Uint8Array): KeyFile | undefined {
  const text = decodeText(bytes);
  // What `-v -getkey` prints, here and on Windows: the passwords of the PFX files it makes stand in it.
  if (/-recoverkey\b/i.test(text) && /-mergepfx\b/i.test(text) && /\bcertutil\b/i.test(text)) {
    return sealed('a recovery script with passwords');
  }
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(\r?\nProc-Type: 4,ENCRYPTED)?/g)];
  if (labels.length === 0) return undefined;
  if (labels.every(([, label, type]) => label === 'ENCRYPTED PRIVATE KEY' || type !== undefined)) {
    return sealed('an encrypted private key (PEM)');
  }
  // OpenSSH says within whether it is encrypted.
  if (labels.every(([, label]) => label === 'OPENSSH PRIVATE KEY')) return sealed('a private key (OpenSSH)');
  const blocks = orUndefined(() => decodePem(text)) ?? [];
  try {
    const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
    return clear(
      'a private key in clear (PEM)',
      keys.map((block) => privateKeyOf(block.bytes)),
    );
  } finally {
    wipe(...blocks.map((block) => block.bytes));
  }
}

function derOf(bytes: Uint8Array): KeyFile | undefined {
  if (orUndefined(() => decodePfx(bytes))) return sealed('a PFX');
  const algorithm = orUndefined(() => decodeEncryptedPrivateKeyInfo(bytes).encryptionAlgorithm.algorithm);
  if (algorithm !== undefined && PASSWORD_SCHEMES.test(algorithm)) return sealed('an encrypted private key (PKCS #8)');
  const key = privateKeyOf(bytes);
  if (key) return clear('a private key in clear', [key]);
  return orUndefined(() => decodePrivateKeyInfo(bytes)) && clear('a private key in clear (PKCS #8)', []);
}

/** Wipes the keys. */
function clear(what: string, keys: readonly (Uint8Array | undefined)[]): KeyFile {
  try {
    const publicKeys = keys.flatMap((key) => (key && orUndefined(() => publicKeyToken(computePublicKey(key)))) ?? []);
    return { what, isClear: true, publicKeys };
  } finally {
    wipe(...keys.filter((key) => key !== undefined));
  }
}

/** DER PrivateKeyInfo of a blob of CryptoAPI or CNG, PKCS #8, RSAPrivateKey or ECPrivateKey; undefined for anything else. */
function privateKeyOf(bytes: Uint8Array): Uint8Array | undefined {
  return (
    orUndefined(() => decodeKeyBlob(bytes).pkcs8) ??
    orUndefined(() => rsaPrivateKeyInfo(decodeRsaPrivateKey(bytes))) ??
    orUndefined(() => {
      const { parameters, privateKey, publicKey } = decodeEcPrivateKey(bytes);
      return parameters && ecPrivateKeyInfo(parameters, privateKey, publicKey);
    })
  );
}
