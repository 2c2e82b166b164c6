/** Entries of a store with their keys as the contents of a PFX, with the attributes that Windows gives them. */
import type { StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { wipe } from '#pki/crypto/engine';
import type { KeySpec, ProviderKey } from '#pki/crypto/key-provider';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { computePublicKey, isSamePublicKey } from '#pki/keyblob/public-key-match';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import type { PfxToSeal } from '#pki/pkcs12/seal';
import type { Certificate } from '#pki/x509/certificate';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { buildChain, endsInRoot } from '#recover/chain';
import type { KeyPlace } from '../store/key-place.ts';
import { openStoredKey } from '../store/stored-key.ts';
import type { ExportModifiers } from './modifiers.ts';

/** KeySpec in the KeyUsage attribute of PrivateKeyInfo; a CNG key may do both. */
const USAGE_OF_KEY_SPEC: Readonly<Record<KeySpec, number>> = {
  0: KEY_USAGE.digitalSignature | KEY_USAGE.dataEncipherment,
  1: KEY_USAGE.dataEncipherment,
  2: KEY_USAGE.digitalSignature,
};

/**
 * The caller wipes the keys. Throws CRYPT_E_NO_KEY_PROPERTY for an entry without key, NTE_BAD_KEY_STATE for a key that may
 * not leave, NTE_BAD_KEY where the entry's key is another certificate's.
 */
export async function planExport(
  entries: readonly StoreEntry[],
  place: KeyPlace,
  keyProviders: Parameters<typeof openStoredKey>[1],
  { flags }: ExportModifiers,
): Promise<PfxToSeal> {
  const keys: PfxToSeal['keys'][number][] = [];
  try {
    for (const [index, entry] of entries.entries()) keys.push(await exportKey(entry, index, keyProviders));
    const extended = flags.has('ExtendedProperties');
    const own = entries.map((entry, index) => ({
      certificate: entry.certificate.raw,
      attributes: certBagAttributes({
        localKeyId: windowsLocalKeyId(index + 1),
        friendlyName: entry.properties.friendlyName,
        properties: extended ? extendedProperties(entry) : undefined,
      }),
    }));
    const chain = flags.has('NoChain') ? [] : await chainOf(entries, place, !flags.has('NoRoot'));
    return { keys, certificates: [...own, ...chain.map(({ raw }) => ({ certificate: raw, attributes: [] }))] };
  } catch (error) {
    wipe(...keys.map(({ pkcs8 }) => pkcs8));
    throw error;
  }
}

async function exportKey(
  { certificate, properties: { keyProvInfo }, thumbprint }: StoreEntry,
  index: number,
  keyProviders: Parameters<typeof openStoredKey>[1],
): Promise<PfxToSeal['keys'][number]> {
  if (!keyProvInfo)
    throw hresult('CRYPT_E_NO_KEY_PROPERTY', `The certificate ${thumbprint} has no private key here.`, {
      hint: 'export it where it was requested, or bring its key here first: certutil -importPFX',
    });
  const key: ProviderKey = await openStoredKey(keyProvInfo, keyProviders);
  let pkcs8: Uint8Array | undefined;
  try {
    pkcs8 = await key.exportPkcs8();
    if (!isSamePublicKey(computePublicKey(pkcs8), certificate.tbsCertificate.subjectPublicKeyInfo.raw)) {
      throw hresult('NTE_BAD_KEY', `The key of ${keyProvInfo.container} is not that of the certificate ${thumbprint}.`);
    }
    return {
      pkcs8: withKeyUsage(pkcs8, USAGE_OF_KEY_SPEC[key.keySpec]),
      attributes: keyBagAttributes({
        machineKeyset: key.machineKeyset,
        localKeyId: windowsLocalKeyId(index + 1),
        friendlyName: key.container,
        cspName: key.provider,
      }),
    };
  } finally {
    wipe(pkcs8);
    key.close();
  }
}

/** Those above the entries, each once, from the stores that hold such. */
async function chainOf(
  entries: readonly StoreEntry[],
  { stores, engine }: KeyPlace,
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
  const { keyIdentifier, requestOriginator, others } = properties;
  const all = new Map(others);
  if (keyIdentifier) all.set(20, keyIdentifier);
  if (requestOriginator !== undefined) all.set(71, new Uint8Array(Buffer.from(`${requestOriginator}\0`, 'utf16le')));
  return all;
}
