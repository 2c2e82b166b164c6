/** The key recovery agent's half of key recovery: the archived key out of the BLOB, checked against its certificate. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { openData } from '#pki/cms/open';
import { wipe } from '#pki/crypto/engine';
import { decodeKeyBlob, type KeyBlob, keyBlobFormat } from '#pki/keyblob/key-blob';
import { computePublicKey, isSamePublicKey } from '#pki/keyblob/public-key-match';
import { openPfx } from '#pki/pkcs12/open';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { buildChain } from './chain.ts';
import type { RecipientKey, RecoveryPorts } from './ports.ts';
import { type BlobRecipient, NoRecipientKeyError } from './recipient.ts';
import { decodeRecoveryBlob, type RecoveryBlob } from './recovery-blob.ts';

export interface RecoveryRequest extends RecoveryPorts {
  /** Roots the caller trusts; where they are left out, nothing is said about the CA. */
  readonly trustedCa?: readonly Certificate[];
  /** SHA-1 of the certificate whose key is wanted: a BLOB for another one is refused. */
  readonly expected?: Uint8Array;
  /** Certificates beside those of the BLOB for the chain of the user's certificate. */
  readonly otherCertificates?: readonly Certificate[];
  /** The one recipient whose key may be used; the first with a key at hand where it is left out. */
  readonly recipientIndex?: number;
}

export interface RecoveredKey {
  /** DER PrivateKeyInfo; the caller wipes it. */
  readonly pkcs8: Uint8Array;
  /** What the archived key blob says of itself; `keySpec` is 0 for a CNG key. */
  readonly usage: KeyBlob['usage'];
  readonly keySpec: KeyBlob['keySpec'];
  readonly format: KeyBlob['format'] | 'pfx';
  /** The certificate of this key: its public key is the one of `pkcs8`. */
  readonly certificate: Certificate;
  /** That certificate and those above it, as far as they are known. */
  readonly chain: readonly Certificate[];
  /** Whose key opened the BLOB. */
  readonly recipient: BlobRecipient;
  readonly recipientCertificate: Certificate;
  /** The CA that signed the BLOB. */
  readonly signer: Certificate;
  /**
   * Whether the signer's chain ends in one of `trustedCa`; undefined where none were given. A BLOB of a CA nobody here
   * trusts is opened all the same, as certutil does: the agent may well be outside of the CA's domain.
   */
  readonly isSignerTrusted: boolean | undefined;
}

/**
 * Verifies the BLOB, opens it with the first recipient's key at hand, and checks that the key is the certificate's.
 * An expired agent still opens: the archive would be lost otherwise (his certificate is in the result).
 *
 * Throws as decodeRecoveryBlob; NoRecipientKeyError (CRYPT_E_NO_DECRYPT_CERT) where no key is at hand,
 * CRYPT_E_INVALID_INDEX for a recipient there is not, CRYPT_E_NO_MATCH for a BLOB of another certificate than expected,
 * NTE_BAD_DATA where the BLOB does not open, NTE_BAD_KEY where the key is another certificate's, NTE_BAD_TYPE and
 * NTE_BAD_ALGID for a key in a form or of a kind that is not read.
 */
export async function openRecoveryBlob(bytes: Uint8Array, request: RecoveryRequest): Promise<RecoveredKey> {
  const { engine, expected, trustedCa, otherCertificates = [] } = request;
  const blob = await decodeRecoveryBlob(bytes, engine);
  const { certificate, certificates, signer } = blob;
  if (expected && !isSameBytes(expected, await thumbprint(certificate, engine))) {
    throw hresult('CRYPT_E_NO_MATCH', 'The recovery BLOB holds the key of another certificate than the one expected.');
  }
  const candidates = [...certificates, ...otherCertificates, ...(trustedCa ?? [])];
  const chain = await buildChain(certificate, candidates, engine);
  // Mostly the CA that issued the certificate signs the BLOB too: its chain is known then.
  const place = chain.findIndex(({ raw }) => isSameBytes(raw, signer.raw));
  const signerChain = trustedCa && (place < 0 ? await buildChain(signer, candidates, engine) : chain.slice(place));
  const isSignerTrusted = signerChain?.some(({ raw }) => trustedCa!.some((root) => isSameBytes(root.raw, raw)));
  return { ...(await openKey(blob, request)), certificate, chain, signer, isSignerTrusted };
}

type OpenedKey = Pick<RecoveredKey, 'pkcs8' | 'usage' | 'keySpec' | 'format' | 'recipient' | 'recipientCertificate'>;

/** A recipient whose key fails does not keep the next one from trying: stores hold damaged and stale keys. */
async function openKey(blob: RecoveryBlob, request: RecoveryRequest): Promise<OpenedKey> {
  let failure: HresultError | undefined;
  for (const recipient of wantedRecipients(blob, request.recipientIndex)) {
    let key: RecipientKey | undefined;
    try {
      key = await request.findRecipientKey(recipient.rid, recipient.certificate);
      if (key) return await openWith(key, recipient, blob, request);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      failure ??= error;
    } finally {
      key?.close();
    }
  }
  throw failure ?? new NoRecipientKeyError(blob.recipients);
}

function wantedRecipients({ recipients }: RecoveryBlob, index: number | undefined): readonly BlobRecipient[] {
  if (index === undefined) return recipients;
  const one = recipients[index];
  if (one) return [one];
  throw hresult('CRYPT_E_INVALID_INDEX', `The BLOB has ${recipients.length} recipients, counted from 0.`, {
    hint: 'certutil -recoverkey with the BLOB alone lists its recipients',
  });
}

async function openWith(
  key: RecipientKey,
  recipient: BlobRecipient,
  { envelopedData, certificate }: RecoveryBlob,
  request: RecoveryRequest,
): Promise<OpenedKey> {
  const matches = (rid: BlobRecipient['rid']) => rid === recipient.rid;
  const plaintext = await openData(envelopedData, { decrypter: key.decrypter, matches }, request.engine);
  try {
    const publicKey = certificate.tbsCertificate.subjectPublicKeyInfo.raw;
    const opened = await readKey(plaintext, publicKey, request);
    return { ...opened, recipient, recipientCertificate: key.certificate };
  } finally {
    wipe(plaintext);
  }
}

/**
 * MS-WCCE 3.2.1.4.2.1.4 seals the raw key blob; the white paper speaks of PKCS #12 data, so a PFX without password is read
 * too.
 */
async function readKey(
  plaintext: Uint8Array,
  publicKey: Uint8Array,
  { engine }: RecoveryPorts,
): Promise<Pick<RecoveredKey, 'pkcs8' | 'usage' | 'keySpec' | 'format'>> {
  if (keyBlobFormat(plaintext) !== 'pfx') return decodeKeyBlob(plaintext, publicKey);
  const { keys } = await openPfx(plaintext, undefined, engine);
  try {
    const found = keys.find(({ pkcs8 }) => isSamePublicKey(computePublicKey(pkcs8), publicKey));
    if (!found) throw hresult('NTE_BAD_KEY', 'The PFX in the BLOB holds no key of the certificate.');
    return { ...decodeKeyBlob(found.pkcs8, publicKey), format: 'pfx' };
  } finally {
    wipe(...keys.map(({ pkcs8 }) => pkcs8));
  }
}
