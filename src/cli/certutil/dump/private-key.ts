/**
 * A private key in the forms of MS-WCCE 2.2.2.9 and PKCS #8. Layout of a PRIVATEKEYBLOB as in Microsoft's sample of a key
 * archival request; that of the other forms is ours in its manner, with the names of bcrypt.h and ncrypt.h.
 */
import { HresultError, isHresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { wipe } from '#pki/crypto/engine';
import { decodePrivateKeyInfo } from '#pki/crypto/private-key-info';
import { publicKeyKind } from '#pki/crypto/public-key';
import { bcryptRsaMagic } from '#pki/keyblob/bcrypt-rsa-blob';
import { decodeKeyBlob, keyBlobFormat } from '#pki/keyblob/key-blob';
import { computePublicKey } from '#pki/keyblob/public-key-match';
import type { Json } from '../../io/verb.ts';
import { algorithmIdLines } from '../text/algorithm-id.ts';
import { oidText } from './oid-text.ts';
import type { Page } from './page.ts';

const BLOB_HEADER = 8;

/**
 * The whole key where -privatekey asks for it; else its kind and length. `pkcs8` is the same key as PrivateKeyInfo where its
 * own form is no key blob. All bytes stay the caller's to wipe.
 */
export function printPrivateKey(page: Page, bytes: Uint8Array, form = formOf(bytes), pkcs8 = bytes): Json {
  const isShown = page.style.showPrivateKey === true;
  page.line('Private Key:');
  page.line(`  ${form}`);
  if (keyBlobFormat(bytes) === 'capi') printBlobHeader(page, bytes);
  if (isShown) page.dump(form === 'PRIVATEKEYBLOB' ? bytes.subarray(BLOB_HEADER) : bytes, '  ', { ascii: true });
  const facts = keyFacts(pkcs8);
  if (facts === undefined) page.line('  The key is damaged.');
  else if ('algorithmId' in facts) page.line(`  Algorithm ObjectId: ${oidText(facts.algorithmId)}, not read here`);
  else {
    page.line(`  ${facts.algorithm} ${facts.bits} bits`);
    if (facts.publicExponent !== undefined)
      page.line(`  Public Exponent: 0x${facts.publicExponent.toString(16)} (${facts.publicExponent})`);
  }
  return { type: 'privateKey', form, ...factsValue(facts), privateKey: isShown ? formatHex(bytes) : undefined };
}

function formOf(bytes: Uint8Array): string {
  switch (keyBlobFormat(bytes)) {
    case 'capi':
      return 'PRIVATEKEYBLOB';
    case 'bcrypt-rsa':
      return bcryptRsaMagic(bytes) === 'RSA3' ? 'RSAFULLPRIVATEBLOB' : 'RSAPRIVATEBLOB';
    case 'bcrypt-ecc':
      return 'ECCPRIVATEBLOB';
    case 'pkcs8':
      return 'PKCS8_PRIVATEKEY';
    default:
      return 'Unknown key form';
  }
}

/** BLOBHEADER: bType, bVersion, two reserved octets, aiKeyAlg. */
function printBlobHeader(page: Page, blob: Uint8Array): void {
  page.line(`  Version: ${blob[1]}`);
  if (blob.length < BLOB_HEADER) return;
  const algorithm = new DataView(blob.buffer, blob.byteOffset, blob.length).getUint32(4, true);
  page.line(`  aiKeyAlg: 0x${algorithm.toString(16)}`);
  for (const line of algorithmIdLines(algorithm)) page.line(line);
}

interface KeyFacts {
  readonly algorithm: 'RSA' | 'ECC';
  readonly bits: number;
  readonly curve: string | undefined;
  readonly publicExponent: bigint | undefined;
}

interface UnreadKey {
  readonly algorithmId: string;
}

/** Undefined for a key that does not decode or does not hold together; the OID of an algorithm that is not read here. */
function keyFacts(bytes: Uint8Array): KeyFacts | UnreadKey | undefined {
  let pkcs8: Uint8Array | undefined;
  try {
    ({ pkcs8 } = decodeKeyBlob(bytes));
    return publicKeyFacts(computePublicKey(pkcs8));
  } catch (error) {
    if (isHresult(error, 'NTE_BAD_ALGID') && keyBlobFormat(bytes) === 'pkcs8') {
      return { algorithmId: decodePrivateKeyInfo(bytes).privateKeyAlgorithm.algorithm };
    }
    if (error instanceof HresultError) return undefined;
    throw error;
  } finally {
    wipe(pkcs8);
  }
}

/** Of a DER SubjectPublicKeyInfo. Throws NTE_BAD_ALGID. */
function publicKeyFacts(publicKey: Uint8Array): KeyFacts {
  const kind = publicKeyKind(publicKey);
  if (kind.type === 'ec') return { algorithm: 'ECC', bits: kind.bits, curve: kind.curve, publicExponent: undefined };
  const publicExponent = BigInt(`0x${formatHex(kind.publicExponent)}`);
  return { algorithm: 'RSA', bits: kind.bits, curve: undefined, publicExponent };
}

function factsValue(facts: KeyFacts | UnreadKey | undefined) {
  if (facts === undefined || 'algorithmId' in facts) return facts;
  return { ...facts, publicExponent: facts.publicExponent?.toString() };
}
