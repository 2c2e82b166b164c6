import { hresult } from '#hresult/hresult-error';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { decryptContent } from '#pki/cms/open';
import { sealData } from '#pki/cms/seal';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import { type CryptoEngine, wipe } from '#pki/crypto/engine';
import { decodeKeyBlob } from '#pki/keyblob/key-blob';
import { decodeCertificate } from '#pki/x509/certificate';
import { proveKeyPair } from './prove-key-pair.ts';

/** One private key on its way from the CA exchange key to the key recovery agents. Bytes alone, so that it can go to a thread. */
export interface ResealJob {
  /** DER ContentInfo out of szOID_ARCHIVED_KEY_ATTR. */
  readonly archivedKey: Uint8Array;
  /** What its content is encrypted with; stays the caller's to wipe. */
  readonly contentKey: Uint8Array;
  /** DER SubjectPublicKeyInfo of the request. */
  readonly publicKey: Uint8Array;
  readonly cipher: BlockCipher;
  /** DER certificates; each of them alone will open the answer. */
  readonly agents: readonly Uint8Array[];
}

/**
 * Opens, proves and seals the key anew, and forgets it: the only place of the authority where a user's private key is in
 * clear. Answers DER ContentInfo with the EnvelopedData that the agents can open. Throws NTE_BAD_DATA (does not open),
 * NTE_BAD_TYPE (signature-only key), NTE_BAD_KEY (another key).
 */
export async function resealKey(job: ResealJob, engine: CryptoEngine): Promise<Uint8Array> {
  const keyBlob = await decryptContent(decodeEnvelopedData(job.archivedKey), job.contentKey, engine);
  try {
    await requireEncryptionKeyPair(keyBlob, job.publicKey, engine);
    return await sealData({
      content: keyBlob,
      cipher: job.cipher,
      recipients: job.agents.map((agent) => ({ certificate: decodeCertificate(agent) })),
      engine,
    });
  } finally {
    wipe(keyBlob);
  }
}

/** Document 004: signature-only keys are never archived, and the key must belong to the request. */
async function requireEncryptionKeyPair(
  keyBlob: Uint8Array,
  publicKey: Uint8Array,
  engine: CryptoEngine,
): Promise<void> {
  const { pkcs8, usage } = decodeKeyBlob(keyBlob, publicKey);
  try {
    if (usage === 'signature') throw hresult('NTE_BAD_TYPE', 'A signature-only key cannot be archived.');
    const privateKey = await engine.importPrivateKey(pkcs8);
    try {
      await proveKeyPair(privateKey, publicKey, engine);
    } finally {
      privateKey.destroy();
    }
  } finally {
    wipe(pkcs8);
  }
}
