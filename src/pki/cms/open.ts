import { type HresultError, hresult, isHresult } from '#hresult/hresult-error';
import { cipherKeyLength, contentCipher } from '../crypto/cipher-algorithm.ts';
import { type CryptoEngine, type Decrypter, wipe } from '../crypto/engine.ts';
import { keyTransport } from '../crypto/key-transport.ts';
import { decodeSubjectPublicKeyInfo, encodeSubjectPublicKeyInfo, OID_EC_PUBLIC_KEY } from '../crypto/public-key.ts';
import type { Certificate } from '../x509/certificate.ts';
import { identifiesCertificate } from './certificate-match.ts';
import type { EnvelopedData } from './enveloped-data.ts';
import { deriveKeyEncryptionKey, keyAgreement } from './key-agreement.ts';
import type {
  KeyAgreeRecipientInfo,
  KeyTransRecipientInfo,
  RecipientEncryptedKey,
  RecipientIdentifier,
} from './recipient-info.ts';
import { unwrapTripleDes } from './triple-des-key-wrap.ts';

/** Somebody who may open a message: a key, and which recipient identifiers mean it. */
export interface Recipient {
  readonly decrypter: Decrypter;
  matches(rid: RecipientIdentifier): boolean;
}

/** The recipient who holds the key of a certificate. */
export function recipientOf(certificate: Certificate, decrypter: Decrypter): Recipient {
  return { decrypter, matches: (rid) => identifiesCertificate(rid, certificate) };
}

/** Somebody to whom a message is sealed, by an RSA key or by key agreement. */
export interface NamedRecipient {
  readonly type: 'ktri' | 'kari';
  readonly rid: RecipientIdentifier;
}

/** Everybody to whom the message is sealed, in its order; recipients by password and the like are passed over. */
export function namedRecipients(envelopedData: EnvelopedData): NamedRecipient[] {
  return envelopedData.recipientInfos.flatMap((info): NamedRecipient[] => {
    if (info.type === 'other') return [];
    if (info.type === 'ktri') return [{ type: 'ktri', rid: info.rid }];
    return info.recipientEncryptedKeys.map(({ rid }) => ({ type: 'kari', rid }));
  });
}

/** Their identifiers alone. */
export function recipientIdentifiers(envelopedData: EnvelopedData): RecipientIdentifier[] {
  return namedRecipients(envelopedData).map(({ rid }) => rid);
}

/**
 * The content. The caller wipes it where it is secret.
 * Throws CRYPT_E_RECIPIENT_NOT_FOUND where the message is sealed to others only, NTE_BAD_ALGID for algorithms that are
 * not read, CRYPT_E_BAD_MSG where there is no ciphertext, and NTE_BAD_DATA alone for everything that can be wrong with key
 * or ciphertext: an attacker must not learn which (RFC 3218).
 */
export async function openData(
  envelopedData: EnvelopedData,
  recipient: Recipient,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const contentKey = await openContentKey(envelopedData, recipient, engine);
  try {
    return await decryptContent(envelopedData, contentKey, engine);
  } finally {
    wipe(contentKey);
  }
}

/** The first half of `openData`, for which the recipient's key is needed; the caller wipes the answer. Throws as it does. */
export async function openContentKey(
  envelopedData: EnvelopedData,
  recipient: Recipient,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const { contentEncryptionAlgorithm, encryptedContent } = envelopedData.encryptedContentInfo;
  const keyLength = cipherKeyLength(contentCipher(contentEncryptionAlgorithm).cipher);
  if (!encryptedContent) throw hresult('CRYPT_E_BAD_MSG', 'The message carries no encrypted content.');
  const found = findRecipientInfo(envelopedData, recipient);
  return asBadData(async () => {
    const contentKey =
      found.info.type === 'ktri'
        ? await openTransported(found.info, recipient.decrypter, keyLength)
        : await openAgreed(found.info, found.encryptedKey!, recipient.decrypter, engine);
    if (contentKey.length === keyLength) return contentKey;
    wipe(contentKey);
    throw badData();
  });
}

/** The second half of `openData`. */
export function decryptContent(
  { encryptedContentInfo }: EnvelopedData,
  contentKey: Uint8Array,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const { contentEncryptionAlgorithm, encryptedContent } = encryptedContentInfo;
  const { cipher, iv } = contentCipher(contentEncryptionAlgorithm);
  if (!encryptedContent) throw hresult('CRYPT_E_BAD_MSG', 'The message carries no encrypted content.');
  return asBadData(() => engine.decrypt(cipher, contentKey, iv, encryptedContent));
}

async function asBadData<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw isHresult(error, 'NTE_BAD_DATA') ? badData() : error;
  }
}

interface Found {
  readonly info: KeyTransRecipientInfo | KeyAgreeRecipientInfo;
  readonly encryptedKey?: RecipientEncryptedKey;
}

function findRecipientInfo({ recipientInfos }: EnvelopedData, recipient: Recipient): Found {
  for (const info of recipientInfos) {
    if (info.type === 'ktri' && recipient.matches(info.rid)) return { info };
    if (info.type !== 'kari') continue;
    const encryptedKey = info.recipientEncryptedKeys.find(({ rid }) => recipient.matches(rid));
    if (encryptedKey) return { info, encryptedKey };
  }
  throw hresult('CRYPT_E_RECIPIENT_NOT_FOUND', 'The message is sealed to other keys.');
}

function openTransported(info: KeyTransRecipientInfo, decrypter: Decrypter, keyLength: number): Promise<Uint8Array> {
  return decrypter.unwrapKey(keyTransport(info.keyEncryptionAlgorithm), info.encryptedKey, keyLength);
}

async function openAgreed(
  info: KeyAgreeRecipientInfo,
  { encryptedKey }: RecipientEncryptedKey,
  decrypter: Decrypter,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const agreement = keyAgreement(info.keyEncryptionAlgorithm);
  const peer = originatorPublicKey(info, decrypter);
  let sharedSecret: Uint8Array | undefined;
  let keyEncryptionKey: Uint8Array | undefined;
  try {
    sharedSecret = await agree(decrypter, peer);
    keyEncryptionKey = await deriveKeyEncryptionKey(sharedSecret, agreement, info.ukm, engine);
    return agreement.wrap === 'aes'
      ? await engine.unwrapAes(keyEncryptionKey, encryptedKey)
      : await unwrapTripleDes(keyEncryptionKey, encryptedKey, engine);
  } finally {
    wipe(sharedSecret, keyEncryptionKey);
  }
}

/** A point off the curve comes from the message: it is bad data, not a bad key of ours. */
async function agree(decrypter: Decrypter, peer: Uint8Array): Promise<Uint8Array> {
  try {
    return await decrypter.agree(peer);
  } catch (error) {
    throw isHresult(error, 'NTE_BAD_KEY') ? badData() : error;
  }
}

/** RFC 5753 §3.1.1: the originator's parameters may be absent or NULL, and are then those of the recipient's key. */
function originatorPublicKey({ originator }: KeyAgreeRecipientInfo, decrypter: Decrypter): Uint8Array {
  if (!('originatorKey' in originator)) {
    throw hresult('NTE_BAD_ALGID', 'Key agreement with a certified originator key (static-static).');
  }
  const { algorithm, publicKey } = originator.originatorKey;
  if (algorithm.algorithm !== OID_EC_PUBLIC_KEY) {
    throw hresult('NTE_BAD_ALGID', `Key agreement with an originator key ${algorithm.algorithm}.`);
  }
  return encodeSubjectPublicKeyInfo(decodeSubjectPublicKeyInfo(decrypter.publicKey).algorithm, publicKey);
}

function badData(): HresultError {
  return hresult('NTE_BAD_DATA', 'The message does not open with this key.');
}
