/**
 * The authority's half of key archival: open what the client sealed to the exchange key, prove it, seal it to the key
 * recovery agents, forget it. MS-WCCE 3.2.2.6.2.1.2.2, document 004 "Understanding the Key Archival Process".
 */
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openContentKey, recipientIdentifiers, recipientOf } from '#pki/cms/open';
import { type CryptoEngine, type DigestAlgorithm, wipe } from '#pki/crypto/engine';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { requireReadyKras } from '../kra/kra-watch.ts';
import { formatKeyRecoveryHashes } from '../schema/key-recovery-hashes.ts';

/** What the request's row keeps of an archived key. */
export interface AcceptedKey {
  /** DER ContentInfo with the EnvelopedData that the agents can open. */
  readonly rawArchivedKey: Uint8Array;
  /** SHA-1 of each agent's certificate as AD CS writes it: bytes apart, a line each. */
  readonly keyRecoveryHashes: string;
}

/**
 * Throws CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED, CERTSRV_E_NO_VALID_KRA, CRYPT_E_HASH_VALUE (the BLOB is not the one that
 * was signed for), CRYPT_E_RECIPIENT_NOT_FOUND (sealed to a key that is not ours), NTE_BAD_DATA (does not open),
 * NTE_BAD_TYPE (signature-only key), NTE_BAD_KEY (another key), NTE_BAD_ALGID (no provider has the cipher of EncryptionCSP).
 */
export async function acceptArchivedKey(
  authority: Authority,
  configuration: Configuration,
  sent: {
    readonly archivedKey: Uint8Array;
    readonly encryptedKeyHash: Uint8Array | undefined;
    readonly publicKey: Uint8Array;
  },
): Promise<AcceptedKey> {
  const { clock, engine, keyArchiver } = authority.ports;
  await requireReadyKras(authority);
  await requireHash(sent.archivedKey, sent.encryptedKeyHash, engine);
  const cipher = await authority.encryptionProvider.use(authority, configuration, (settings) => settings.cipher);
  const contentKey = await exchangedContentKey(authority, sent.archivedKey);
  try {
    const agents = authority.kraRing.take(clock.now());
    const rawArchivedKey = await keyArchiver.reseal({
      archivedKey: sent.archivedKey,
      contentKey,
      publicKey: sent.publicKey,
      cipher,
      agents: agents.map(({ certificate }) => certificate.raw),
    });
    return { rawArchivedKey, keyRecoveryHashes: formatKeyRecoveryHashes(agents) };
  } finally {
    wipe(contentKey);
  }
}

const DIGEST_OF_LENGTH: Readonly<Record<number, DigestAlgorithm>> = {
  20: 'sha1',
  32: 'sha256',
  48: 'sha384',
  64: 'sha512',
};

/** The hash covers the whole value of szOID_ARCHIVED_KEY_ATTR; its length tells its algorithm (MS-WCCE 2.2.2.7.9). */
async function requireHash(
  archivedKey: Uint8Array,
  expected: Uint8Array | undefined,
  engine: CryptoEngine,
): Promise<void> {
  const algorithm = expected && DIGEST_OF_LENGTH[expected.length];
  if (expected === undefined || algorithm === undefined) {
    throw hresult(
      'CRYPT_E_HASH_VALUE',
      'The request carries an encrypted private key without its hash (1.3.6.1.4.1.311.21.21).',
    );
  }
  if (!isSameBytes(await engine.digest(algorithm, archivedKey), expected)) {
    throw hresult('CRYPT_E_HASH_VALUE', 'The encrypted private key is not the one whose hash the request signs.');
  }
}

/** The key that the client's message is encrypted with, by the exchange key it is sealed to; the caller wipes it. */
async function exchangedContentKey(authority: Authority, archivedKey: Uint8Array): Promise<Uint8Array> {
  const envelopedData = decodeEnvelopedData(archivedKey);
  for (const rid of recipientIdentifiers(envelopedData)) {
    const exchange = await authority.exchangeKeys.find(authority, rid);
    if (exchange)
      return openContentKey(envelopedData, recipientOf(exchange.certificate, exchange.key), authority.ports.engine);
  }
  throw hresult(
    'CRYPT_E_RECIPIENT_NOT_FOUND',
    "The private key is encrypted to none of this CA's exchange certificates.",
    {
      hint: 'fetch the current one: certutil -cainfo xchg',
    },
  );
}
