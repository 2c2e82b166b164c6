import { hresult } from '#hresult/hresult-error';
import { id_data } from '../asn1/oid-table.ts';
import { algorithmIdentifierOf } from '../crypto/algorithm-identifier.ts';
import { type BlockCipher, cipherAlgorithm, cipherBlockLength, cipherKeyLength } from '../crypto/cipher-algorithm.ts';
import { type CryptoEngine, type EcCurve, type KeyTransport, wipe } from '../crypto/engine.ts';
import { keyTransportAlgorithm } from '../crypto/key-transport.ts';
import { decodeSubjectPublicKeyInfo, OID_EC_PUBLIC_KEY, publicKeyKind } from '../crypto/public-key.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Attribute } from './attribute.ts';
import { issuerAndSerialNumberOf } from './certificate-match.ts';
import { type EnvelopedData, encodeEnvelopedData } from './enveloped-data.ts';
import { deriveKeyEncryptionKey, keyAgreement, keyAgreementAlgorithm } from './key-agreement.ts';
import type {
  KeyAgreeRecipientInfo,
  KeyTransRecipientInfo,
  RecipientIdentifier,
  RecipientInfo,
} from './recipient-info.ts';

/** Whose key opens the message, by certificate or by a DER SubjectPublicKeyInfo and the name it goes by. */
export type SealRecipient = (
  | { readonly certificate: Certificate }
  | { readonly publicKey: Uint8Array; readonly rid: RecipientIdentifier }
) & {
  /** For RSA keys; PKCS #1 v1.5 unless said otherwise, which is what AD CS and its clients write and read. */
  readonly transport?: KeyTransport | undefined;
};

export interface SealDataRequest {
  readonly content: Uint8Array;
  /** id-data unless said otherwise. */
  readonly contentType?: string | undefined;
  readonly cipher: BlockCipher;
  readonly recipients: readonly SealRecipient[];
  readonly unprotectedAttributes?: readonly Attribute[] | undefined;
  readonly engine: CryptoEngine;
}

/**
 * DER ContentInfo with an EnvelopedData (RFC 5652 §6) that each recipient alone can open.
 * Throws NTE_BAD_ALGID for a key that is neither RSA nor on a NIST curve.
 */
export async function sealData(request: SealDataRequest): Promise<Uint8Array> {
  const { content, contentType = id_data, cipher, recipients, unprotectedAttributes, engine } = request;
  if (recipients.length === 0) throw new TypeError('a message needs a recipient');
  const contentKey = engine.random(cipherKeyLength(cipher));
  if (cipher.name === 'des-ede3-cbc') setOddParity(contentKey);
  try {
    const iv = engine.random(cipherBlockLength(cipher));
    const recipientInfos: RecipientInfo[] = [];
    for (const recipient of recipients) recipientInfos.push(await sealKey(contentKey, recipient, engine));
    const unversioned: EnvelopedData = {
      version: 0,
      originatorInfo: undefined,
      recipientInfos,
      encryptedContentInfo: {
        contentType,
        contentEncryptionAlgorithm: algorithmIdentifierOf(cipherAlgorithm(cipher, iv)),
        encryptedContent: await engine.encrypt(cipher, contentKey, iv, content),
      },
      unprotectedAttrs: unprotectedAttributes?.length ? unprotectedAttributes : undefined,
    };
    return encodeEnvelopedData({ ...unversioned, version: envelopedDataVersion(unversioned) });
  } finally {
    wipe(contentKey);
  }
}

/** RFC 5652 §6.1, for what is written here: no originatorInfo, no passwords. */
function envelopedDataVersion({ recipientInfos, unprotectedAttrs }: EnvelopedData): number {
  const isPlain = recipientInfos.every((info) => info.type === 'ktri' && info.version === 0);
  return isPlain && !unprotectedAttrs ? 0 : 2;
}

function sealKey(contentKey: Uint8Array, recipient: SealRecipient, engine: CryptoEngine): Promise<RecipientInfo> {
  const isCertificate = 'certificate' in recipient;
  const publicKey = isCertificate ? recipient.certificate.tbsCertificate.subjectPublicKeyInfo.raw : recipient.publicKey;
  const rid = isCertificate ? issuerAndSerialNumberOf(recipient.certificate) : recipient.rid;
  const kind = publicKeyKind(publicKey);
  if (kind.type === 'rsa') {
    return transportKey(contentKey, publicKey, rid, recipient.transport ?? { name: 'rsa-pkcs1' }, engine);
  }
  if (recipient.transport) throw hresult('NTE_BAD_ALGID', 'Key transport to a key that only agrees.');
  return agreeKey(contentKey, publicKey, kind.curve, rid, engine);
}

async function transportKey(
  contentKey: Uint8Array,
  publicKey: Uint8Array,
  rid: RecipientIdentifier,
  transport: KeyTransport,
  engine: CryptoEngine,
): Promise<KeyTransRecipientInfo> {
  return {
    type: 'ktri',
    version: 'issuerAndSerialNumber' in rid ? 0 : 2,
    rid,
    keyEncryptionAlgorithm: algorithmIdentifierOf(keyTransportAlgorithm(transport)),
    encryptedKey: await engine.wrapKey(transport, publicKey, contentKey),
  };
}

/** The digest as strong as the curve (RFC 5753 §7.1.4). */
const KDF_DIGEST = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' } as const;

/** Ephemeral-static ECDH, RFC 5753 §3.1. */
async function agreeKey(
  contentKey: Uint8Array,
  publicKey: Uint8Array,
  curve: EcCurve,
  rid: RecipientIdentifier,
  engine: CryptoEngine,
): Promise<KeyAgreeRecipientInfo> {
  const wrapLength = contentKey.length <= 16 ? 16 : 32;
  const keyEncryptionAlgorithm = algorithmIdentifierOf(keyAgreementAlgorithm(KDF_DIGEST[curve], wrapLength));
  let sharedSecret: Uint8Array | undefined;
  let keyEncryptionKey: Uint8Array | undefined;
  const ephemeral = await ephemeralKey(curve, engine);
  try {
    sharedSecret = await ephemeral.agree(publicKey);
    keyEncryptionKey = await deriveKeyEncryptionKey(
      sharedSecret,
      keyAgreement(keyEncryptionAlgorithm),
      undefined,
      engine,
    );
    return {
      type: 'kari',
      version: 3,
      originator: {
        originatorKey: {
          algorithm: { algorithm: OID_EC_PUBLIC_KEY, parameters: undefined },
          publicKey: decodeSubjectPublicKeyInfo(ephemeral.publicKey).subjectPublicKey,
        },
      },
      ukm: undefined,
      keyEncryptionAlgorithm,
      recipientEncryptedKeys: [{ rid, encryptedKey: await engine.wrapAes(keyEncryptionKey, contentKey) }],
    };
  } finally {
    ephemeral.destroy();
    wipe(sharedSecret, keyEncryptionKey);
  }
}

async function ephemeralKey(curve: EcCurve, engine: CryptoEngine) {
  const pkcs8 = await engine.generateKey({ type: 'ec', curve });
  try {
    return await engine.importPrivateKey(pkcs8);
  } finally {
    wipe(pkcs8);
  }
}

/** FIPS 46-3: the low bit of each octet of a DES key makes the count of ones odd; CAPI checks it on import. */
function setOddParity(key: Uint8Array): void {
  for (const [i, octet] of key.entries()) {
    let ones = 0;
    for (let bits = octet >> 1; bits > 0; bits >>= 1) ones += bits & 1;
    key[i] = (octet & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  }
}
