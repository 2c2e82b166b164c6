import { formatHex } from '#pki/asn1/bytes';
import { type CryptoEngine, wipe } from '#pki/crypto/engine';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { type PfxToSeal, type SealOptions, sealPfx } from '#pki/pkcs12/seal';
import type { Certificate } from '#pki/x509/certificate';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import type { RecoveredKey } from './open-blob.ts';

/** KeySpec as Windows carries it in a PFX, in the KeyUsage attribute inside PrivateKeyInfo. */
const USAGE_OF_KEY_SPEC = { 1: KEY_USAGE.dataEncipherment, 2: KEY_USAGE.digitalSignature } as const;

/** What elliptic curve keys, and keys that came from CNG, can only be imported under. */
const CNG_PROVIDER = 'Microsoft Software Key Storage Provider';

/**
 * A PFX with these keys, their certificates and the chains of those, each certificate once. A CAPI key keeps its KeySpec. A
 * CNG key names the provider to import it under, so that nobody has to know: the archive does not record the one it was in.
 */
export async function sealRecoveredKeys(
  recovered: readonly RecoveredKey[],
  password: string,
  options: SealOptions,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const keys = recovered.map(keyToSeal);
  try {
    return await sealPfx({ keys, certificates: certificatesToSeal(recovered) }, password, options, engine);
  } finally {
    wipe(...keys.map(({ pkcs8 }) => pkcs8));
  }
}

function keyToSeal({ pkcs8, keySpec, format }: RecoveredKey, index: number): PfxToSeal['keys'][number] {
  const isCng = format === 'bcrypt-rsa' || format === 'bcrypt-ecc';
  return {
    pkcs8: keySpec === 0 ? pkcs8.slice() : withKeyUsage(pkcs8, USAGE_OF_KEY_SPEC[keySpec]),
    attributes: keyBagAttributes({
      localKeyId: windowsLocalKeyId(index + 1),
      cspName: isCng ? CNG_PROVIDER : undefined,
    }),
  };
}

function certificatesToSeal(recovered: readonly RecoveredKey[]): PfxToSeal['certificates'] {
  const sealed = new Map<string, PfxToSeal['certificates'][number]>();
  const add = ({ raw }: Certificate, localKeyId?: Uint8Array) => {
    const name = formatHex(raw);
    if (!sealed.has(name)) sealed.set(name, { certificate: raw, attributes: certBagAttributes({ localKeyId }) });
  };
  for (const [index, { certificate }] of recovered.entries()) add(certificate, windowsLocalKeyId(index + 1));
  for (const { chain } of recovered) for (const certificate of chain) add(certificate);
  return [...sealed.values()];
}
