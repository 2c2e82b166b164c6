/** Entries of a store with their keys as the contents of a PFX, with the attributes that Windows gives them. */
import type { StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { wipe } from '#pki/crypto/engine';
import type { KeySpec, PrivateKeySealer, ProviderKey } from '#pki/crypto/key-provider';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import type { PfxAlgorithm } from '#pki/pkcs12/pbe';
import { defaultIterations, type PfxToSeal, type SealedPfxKey, sealPfx, withKeySealer } from '#pki/pkcs12/seal';
import type { Certificate } from '#pki/x509/certificate';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { buildChain, endsInRoot } from '#recover/chain';
import type { KeyPlace } from '../store/key-place.ts';
import { openStoredKey } from '../store/stored-key.ts';
import { type ExportModifiers, encryptsCertificates } from './modifiers.ts';

/** KeySpec in the KeyUsage attribute of PrivateKeyInfo; a CNG key may do both. */
const USAGE_OF_KEY_SPEC: Readonly<Record<KeySpec, number>> = {
  0: KEY_USAGE.digitalSignature | KEY_USAGE.dataEncipherment,
  1: KEY_USAGE.dataEncipherment,
  2: KEY_USAGE.digitalSignature,
};

export interface ExportChoice {
  readonly flags: ExportModifiers['flags'];
  readonly algorithm: PfxAlgorithm;
  readonly password: string;
}

export interface ExportedPfx {
  readonly pfx: Uint8Array;
  /** How many of each the file holds. */
  readonly keys: number;
  readonly certificates: number;
}

/**
 * A key that several of the certificates have is in the file once. Throws CRYPT_E_NO_KEY_PROPERTY for an entry without key,
 * NTE_BAD_KEY_STATE for a key that may not leave, NTE_BAD_KEY where the entry's key is another certificate's.
 */
export async function exportPfx(
  entries: readonly StoreEntry[],
  place: KeyPlace,
  keyProviders: Parameters<typeof openStoredKey>[1],
  { flags, algorithm, password }: ExportChoice,
): Promise<ExportedPfx> {
  const groups = byPublicKey(entries);
  const iterations = defaultIterations(algorithm, groups.length);
  const chain = flags.has('NoChain') ? [] : await chainOf(entries, place, !flags.has('NoRoot'));
  const certificates = [
    ...groups.flatMap((group, index) => group.map((entry) => ownCertificate(entry, index, flags))),
    ...chain.map(({ raw }) => ({ certificate: raw, attributes: [] })),
  ];
  const keys: PfxToSeal['keys'][number][] = [];
  const sealedKeys: SealedPfxKey[] = [];
  try {
    await withKeySealer(password, { algorithm, iterations }, place.engine, async (seal) => {
      for (const [index, [entry]] of groups.entries()) {
        const key = await exportKey(entry!, index, keyProviders, seal);
        if ('pkcs8' in key) keys.push(key);
        else sealedKeys.push(key);
      }
    });
    const contents = { keys, sealedKeys, certificates };
    const encryptCertificates = encryptsCertificates(flags);
    const pfx = await sealPfx(contents, password, { algorithm, iterations, encryptCertificates }, place.engine);
    return { pfx, keys: groups.length, certificates: certificates.length };
  } finally {
    wipe(...keys.map(({ pkcs8 }) => pkcs8));
  }
}

/** Certificates of one key together, in the order in which their first comes. */
function byPublicKey(entries: readonly StoreEntry[]): StoreEntry[][] {
  const keyOf = ({ certificate }: StoreEntry) => formatHex(certificate.tbsCertificate.subjectPublicKeyInfo.raw);
  return [...Map.groupBy(entries, keyOf).values()];
}

function ownCertificate(entry: StoreEntry, index: number, flags: ExportChoice['flags']) {
  return {
    certificate: entry.certificate.raw,
    attributes: certBagAttributes({
      localKeyId: windowsLocalKeyId(index + 1),
      friendlyName: entry.properties.friendlyName,
      properties: flags.has('ExtendedProperties') ? extendedProperties(entry) : undefined,
    }),
  };
}

async function exportKey(
  { certificate, properties: { keyProvInfo }, thumbprint }: StoreEntry,
  index: number,
  keyProviders: Parameters<typeof openStoredKey>[1],
  seal: PrivateKeySealer,
): Promise<PfxToSeal['keys'][number] | SealedPfxKey> {
  if (!keyProvInfo)
    throw hresult('CRYPT_E_NO_KEY_PROPERTY', `The certificate ${thumbprint} has no private key here.`, {
      hint: 'export it where it was requested, or bring its key here first: certutil -importPFX',
    });
  const key: ProviderKey = await openStoredKey(keyProvInfo, keyProviders);
  try {
    if (!isSamePublicKey(key.publicKey, certificate.tbsCertificate.subjectPublicKeyInfo.raw)) {
      throw hresult(
        'NTE_BAD_KEY',
        `The key of ${keyProvInfo.container} is not that of the certificate ${thumbprint}.`,
        {
          hint: 'certutil -repairstore joins the certificate with the key that is its own',
        },
      );
    }
    const usage = USAGE_OF_KEY_SPEC[key.keySpec];
    const attributes = keyBagAttributes({
      machineKeyset: key.machineKeyset,
      localKeyId: windowsLocalKeyId(index + 1),
      friendlyName: key.container,
      cspName: key.provider,
    });
    if (!key.exportable && key.encryptedExport && key.exportEncrypted) {
      const sealWithUsage = (pkcs8: Uint8Array) => using(withKeyUsage(pkcs8, usage), seal);
      return { encryptedPrivateKeyInfo: await key.exportEncrypted(sealWithUsage), attributes };
    }
    const pkcs8 = await using(await key.exportPkcs8(), async (plain) => withKeyUsage(plain, usage));
    return { pkcs8, attributes };
  } finally {
    key.close();
  }
}

/** Wipes the bytes after use. */
async function using<T>(bytes: Uint8Array, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  try {
    return await use(bytes);
  } finally {
    wipe(bytes);
  }
}

/** Those above the entries, each once, from the stores that hold such. */
export async function chainOf(
  entries: readonly StoreEntry[],
  { stores, engine }: Pick<KeyPlace, 'stores' | 'engine'>,
  withRoot: boolean,
): Promise<readonly Certificate[]> {
  const lists = await Promise.all(['CA', 'Root', 'My'].map((name) => stores.open(name).list()));
  const candidates = lists.flat().map(({ certificate }) => certificate);
  const above = new Map<string, Certificate>();
  for (const { certificate } of entries) {
    const [, ...chain] = await buildChain(certificate, candidates, engine);
    for (const one of chain) {
      if (withRoot || !(await endsInRoot([one], engine))) above.set(formatHex(one.raw), one);
    }
  }
  for (const { certificate } of entries) above.delete(formatHex(certificate.raw));
  return [...above.values()];
}

/** What of the properties stands in files, and is not a PKCS #9 attribute of its own. */
function extendedProperties({ properties }: StoreEntry): ReadonlyMap<number, Uint8Array> {
  const { description, archived, keyIdentifier, renewal, archivedKeyHash, requestOriginator, others } = properties;
  const all = new Map(others);
  if (description !== undefined) all.set(13, textProperty(description));
  if (archived) all.set(19, new Uint8Array(0));
  if (keyIdentifier) all.set(20, keyIdentifier);
  if (renewal) all.set(64, renewal);
  if (archivedKeyHash) all.set(65, archivedKeyHash);
  if (requestOriginator !== undefined) all.set(71, textProperty(requestOriginator));
  return all;
}

function textProperty(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`${text}\0`, 'utf16le'));
}
