import type { KeyProvInfo, StoreEntry } from '#certstore/ports/certificate-store';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { id_ce_keyUsage } from '#pki/asn1/oid-table';
import { type CryptoEngine, type Decrypter, type SignatureScheme, type Signer, wipe } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { decodeSubjectPublicKeyInfo, publicKeyKind } from '#pki/crypto/public-key';
import type { Certificate } from '#pki/x509/certificate';
import { decodeKeyUsage, KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { readableExtension } from '#pki/x509/readable-extension';
import type { DateStyle } from '../../io/date.ts';
import { algorithmName, detailLines, exportabilityLines } from '../keys/key-details.ts';
import type { StoreListingPorts } from './listing.ts';
import { isKeyMissing, openStoredKey } from './stored-key.ts';

/** The lines of a listed certificate that tell of its private key: where it is, whether it may leave, that it works. */
export async function keyLines(entry: StoreEntry, ports: StoreListingPorts): Promise<string[]> {
  return withStoredKey(entry, ports, async (info, opened) => {
    if (!info) return NO_KEY;
    const provider = `  Provider = ${info.provider}`;
    if (opened instanceof HresultError)
      return [`  Key Container = ${info.container}`, provider, missingKeyLine(opened)];
    return [
      ...containerLines(info, opened),
      provider,
      ...exportabilityLines(opened),
      await testLineOf(entry.certificate, info, opened, ports.engine),
    ];
  });
}

export const NO_KEY = ['No key provider information', 'Cannot find the certificate and private key for decryption.'];

/** The same with -v, below the properties: all about the key. */
export function verboseKeyLines(entry: StoreEntry, ports: StoreListingPorts, style: DateStyle): Promise<string[]> {
  return withStoredKey(entry, ports, async (info, opened) => {
    if (!info) return NO_KEY;
    if (opened instanceof HresultError) return [missingKeyLine(opened)];
    const { known } = await ports.keyProviders(opened.machineKeyset);
    const description = known.find(({ name }) => name === opened.provider);
    const [, other] = containerLines(info, opened);
    return [
      `  Provider = ${opened.provider}`,
      ...(description ? [`  ProviderType = ${description.provType}`] : []),
      ...(other === undefined ? [] : [other]),
      `  ${algorithmName(opened.publicKey)}`,
      ...(description ? detailLines(opened, description, style) : []),
      ...exportabilityLines(opened),
      await testLineOf(entry.certificate, info, opened, ports.engine),
    ];
  });
}

/** Hands on the key that the entry names, or why there is none; nothing where it names none. */
export async function withStoredKey<T>(
  { properties: { keyProvInfo } }: StoreEntry,
  ports: Pick<StoreListingPorts, 'keyProviders'>,
  use: (...found: [undefined, undefined] | [KeyProvInfo, ProviderKey | HresultError]) => Promise<T>,
): Promise<T> {
  if (!keyProvInfo) return use(undefined, undefined);
  let key: ProviderKey;
  try {
    key = await openStoredKey(keyProvInfo, ports.keyProviders);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return use(keyProvInfo, error);
  }
  try {
    return await use(keyProvInfo, key);
  } finally {
    key.close();
  }
}

function missingKeyLine(error: HresultError): string {
  // The second text is ours: a key that is there and cannot be used is not "missing".
  return isKeyMissing(error) ? 'Missing stored keyset' : `Unusable stored keyset: ${error.message}`;
}

/** The name the property holds, then the other of the pair under its own label, where they differ. */
export function containerLines(
  info: Pick<KeyProvInfo, 'container'>,
  key: Pick<ProviderKey, 'container' | 'uniqueName'>,
  indent = '  ',
): string[] {
  const first = `${indent}Key Container = ${info.container}`;
  const storedIsUnique = info.container.toLowerCase() === key.uniqueName.toLowerCase();
  if (!storedIsUnique) return [first, `${indent}Unique container name: ${key.uniqueName}`];
  return key.container === info.container ? [first] : [first, `${indent}Simple container name: ${key.container}`];
}

/** A listing asks nobody for the password of a key. */
async function testLineOf(
  certificate: Certificate,
  info: Pick<KeyProvInfo, 'keySpec'>,
  key: ProviderKey,
  engine: CryptoEngine,
): Promise<string> {
  if (key.protection === undefined) return testLine(certificate, info, key, engine);
  return isOwnKey(certificate, key) ? 'Private key is protected by a password: test skipped' : MISMATCH;
}

const MISMATCH = 'ERROR: Certificate public key does NOT match stored keyset';

/** The bits, not the whole: encoders differ in the parameters of RSA. */
function isOwnKey(certificate: Certificate, { publicKey }: Pick<Signer, 'publicKey'>): boolean {
  const { subjectPublicKey } = certificate.tbsCertificate.subjectPublicKeyInfo;
  return isSameBytes(subjectPublicKey, decodeSubjectPublicKeyInfo(publicKey).subjectPublicKey);
}

/** Tries whether the key is the certificate's and does what it is for. */
export async function testLine(
  certificate: Certificate,
  info: Pick<KeyProvInfo, 'keySpec'>,
  key: Signer & Decrypter,
  engine: CryptoEngine,
): Promise<string> {
  if (!isOwnKey(certificate, key)) return MISMATCH;
  const test = isForDecryption(certificate, info) ? 'Encryption' : 'Signature';
  const passed = test === 'Encryption' ? await decrypts(key, engine) : await signs(key, engine);
  return `${test} test ${passed ? 'passed' : 'FAILED'}`;
}

/** By KeySpec where there is one; a CNG key by what its certificate is for. */
function isForDecryption(certificate: Certificate, info: Pick<KeyProvInfo, 'keySpec'>): boolean {
  const { extensions, subjectPublicKeyInfo } = certificate.tbsCertificate;
  if (publicKeyKind(subjectPublicKeyInfo).type !== 'rsa') return false;
  if (info.keySpec !== 0) return info.keySpec === 1;
  const usage = readableExtension(extensions, id_ce_keyUsage, decodeKeyUsage);
  return usage === undefined || (usage & (KEY_USAGE.keyEncipherment | KEY_USAGE.dataEncipherment)) !== 0;
}

/** What is sealed to the key, it opens. */
export async function decrypts(key: Decrypter, engine: CryptoEngine): Promise<boolean> {
  const transport = { name: 'rsa-pkcs1' } as const;
  const secret = engine.random(24);
  let opened: Uint8Array | undefined;
  try {
    opened = await key.unwrapKey(transport, await engine.wrapKey(transport, key.publicKey, secret), secret.length);
    return isSameBytes(secret, opened);
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  } finally {
    wipe(secret, opened);
  }
}

export async function signs(key: Signer, engine: CryptoEngine): Promise<boolean> {
  const name = publicKeyKind(key.publicKey).type === 'rsa' ? 'rsa-pkcs1' : 'ecdsa';
  const data = engine.random(64);
  // SHA-1 is what the CSPs of type 1 know; nothing that is signed so leaves this function.
  for (const digest of ['sha256', 'sha1'] as const) {
    const scheme: SignatureScheme = { name, digest };
    try {
      return await engine.verify(scheme, key.publicKey, data, await key.sign(scheme, data));
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      if (!isHresult(error, 'NTE_BAD_ALGID')) return false;
    }
  }
  return false;
}
