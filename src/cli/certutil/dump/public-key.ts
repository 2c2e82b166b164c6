import { encodeBase64 } from '#pki/asn1/base64';
import { formatHex } from '#pki/asn1/bytes';
import { type PublicKeyKind, publicKeyKind, type SubjectPublicKeyInfo } from '#pki/crypto/public-key';
import { encodeBcryptEccPublicBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { encodeBcryptRsaPublicBlob } from '#pki/keyblob/bcrypt-rsa-blob';
import { keyIdentifier, publicKeyInfoIdentifier } from '#pki/x509/key-identifier';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../../io/verb.ts';
import { algorithmValue, printAlgorithm } from './algorithm-identifier.ts';
import type { Page } from './page.ts';

export function printPublicKey(page: Page, spki: SubjectPublicKeyInfo): void {
  printAlgorithm(page, 'Public Key Algorithm', spki.algorithm);
  const kind = kindOf(spki);
  if (kind) page.line(`Public Key Length: ${kind.bits} bits`);
  page.line('Public Key: UnusedBits = 0');
  page.dump(spki.subjectPublicKey);
}

export function publicKeyValue(spki: SubjectPublicKeyInfo): Json {
  return {
    algorithm: algorithmValue(spki.algorithm),
    bits: kindOf(spki)?.bits,
    subjectPublicKey: formatHex(spki.subjectPublicKey),
  };
}

/**
 * The names of a key. What each is made from was found by computing them for a published dump whose key is known: rfc-sha1,
 * md5 and sha256 over the bits, sha1 and the two pins over the SubjectPublicKeyInfo, bcrypt over CNG's public blob.
 */
export async function printKeyIdHashes(page: Page, spki: SubjectPublicKeyInfo, { all = false } = {}): Promise<void> {
  const { engine } = page;
  const print = (name: string, hash: string) => page.line(`Key Id Hash(${name}): ${hash}`);
  print('rfc-sha1', formatHex(await keyIdentifier(spki, engine)));
  print('sha1', formatHex(await publicKeyInfoIdentifier(spki, engine)));
  const blob = bcryptBlob(spki);
  for (const digest of ['sha1', 'sha256'] as const) {
    if (blob) print(`bcrypt-${digest}`, formatHex(await engine.digest(digest, blob)));
  }
  if (!all) return;
  for (const digest of ['md5', 'sha256'] as const) {
    print(digest, formatHex(await engine.digest(digest, spki.subjectPublicKey)));
  }
  const pin = await engine.digest('sha256', spki.raw);
  print('pin-sha256', encodeBase64(pin));
  print('pin-sha256-hex', formatHex(pin));
}

function bcryptBlob(spki: SubjectPublicKeyInfo): Uint8Array | undefined {
  const kind = kindOf(spki);
  if (!kind) return undefined;
  // Which use an EC key has is not in its certificate; ECDSA is what CryptImportPublicKeyInfoEx2 takes it for.
  return kind.type === 'rsa' ? encodeBcryptRsaPublicBlob(spki.raw) : encodeBcryptEccPublicBlob(spki.raw, 'ECDSA');
}

/** Undefined for a key of a kind that is not read here, and for a malformed one. */
function kindOf(spki: SubjectPublicKeyInfo): PublicKeyKind | undefined {
  return orUndefined(() => publicKeyKind(spki));
}
