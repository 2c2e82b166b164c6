/** The key that a request INF asks for. */
import type { EcCurve } from '#pki/crypto/engine';
import type { KeyProtection, KeySpec } from '#pki/crypto/key-provider';
import type { InfFile } from './inf-file.ts';
import { boolean, choice, flags, number, text } from './inf-values.ts';
import type { NewRequestLines } from './new-request-lines.ts';

export interface KeyPlan {
  readonly algorithm:
    | { readonly type: 'rsa'; readonly modulusLength: number }
    | { readonly type: 'ec'; readonly curve: EcCurve };
  /** What the key is for; a provider may be able to do more with it. */
  readonly use: 'exchange' | 'signature';
  /** As written; the provider's own default where it is not. */
  readonly keySpec: KeySpec | undefined;
  /** Undefined where the type alone says it. */
  readonly providerName: string | undefined;
  readonly providerType: number | undefined;
  readonly container: string | undefined;
  readonly exportable: boolean;
  /** It leaves its provider encrypted only. */
  readonly encryptedExport: boolean;
  /** Its owner's password is asked for when it is used. */
  readonly protection: KeyProtection | undefined;
  readonly useExisting: boolean;
}

const DEFAULT_PROVIDER = 'Microsoft Software Key Storage Provider';
const DEFAULT_RSA_LENGTH = 2048;

const KEY_SPECS = [
  ['AT_NONE', 0],
  ['AT_KEYEXCHANGE', 1],
  ['AT_SIGNATURE', 2],
] as const;

/** ncrypt.h. */
const KEY_USAGE_PROPERTIES = [
  ['NCRYPT_ALLOW_DECRYPT_FLAG', 1],
  ['NCRYPT_ALLOW_SIGNING_FLAG', 2],
  ['NCRYPT_ALLOW_KEY_AGREEMENT_FLAG', 4],
  ['NCRYPT_ALLOW_ALL_USAGES', 0xffffff],
] as const;
const DECRYPTS_OR_AGREES = 5;

/** X509PrivateKeyProtection of certenroll.h, and the same by their names in ncrypt.h. */
const KEY_PROTECTION = [
  ['XCN_NCRYPT_UI_NO_PROTECTION_FLAG', 0],
  ['XCN_NCRYPT_UI_PROTECT_KEY_FLAG', 1],
  ['XCN_NCRYPT_UI_FORCE_HIGH_PROTECTION_FLAG', 2],
  ['NCRYPT_UI_NO_PROTECTION_FLAG', 0],
  ['NCRYPT_UI_PROTECT_KEY_FLAG', 1],
  ['NCRYPT_UI_FORCE_HIGH_PROTECTION_FLAG', 2],
] as const;

/** Throws InfError. */
export function keyPlan(inf: InfFile, keys: NewRequestLines): KeyPlan {
  const keySpec = keys.value('KeySpec', (file, line) => choice<KeySpec>(file, line, KEY_SPECS));
  const [algorithm, agreesOnly] = keyAlgorithm(inf, keys);
  const usageProperty = keys.value('KeyUsageProperty', (file, line) => flags(file, line, KEY_USAGE_PROPERTIES));
  const signsOnly = usageProperty !== undefined && (usageProperty & DECRYPTS_OR_AGREES) === 0;
  const container = keys.value('KeyContainer', text);
  const useExisting = keys.value('UseExistingKeySet', boolean) ?? false;
  const exportable = keys.value('Exportable', boolean) ?? false;
  if (useExisting && container === undefined && !keys.line('RenewalCert'))
    throw inf.fault(keys.line('UseExistingKeySet')!, 'needs KeyContainer or RenewalCert.');
  const encryptedExport = keys.value('ExportableEncrypted', boolean) ?? false;
  const protection = keyProtection(keys);
  if (useExisting) {
    for (const [name, asksForIt] of [
      ['Exportable', exportable],
      ['ExportableEncrypted', encryptedExport],
      [keys.line('UserProtected') ? 'UserProtected' : 'KeyProtection', protection !== undefined],
    ] as const) {
      if (asksForIt) throw inf.fault(keys.line(name)!, 'cannot change a key that is there.');
    }
  }
  const providerType = keys.value('ProviderType', number);
  return {
    algorithm,
    use: keySpec === 2 || signsOnly || agreesOnly === 'signature' ? 'signature' : 'exchange',
    keySpec,
    providerName: keys.value('ProviderName', text) ?? (providerType === undefined ? DEFAULT_PROVIDER : undefined),
    providerType,
    container,
    exportable,
    encryptedExport: encryptedExport && !exportable,
    protection,
    useExisting,
  };
}

/** UserProtected is CAPI's word; KeyProtection CNG's, which knows a higher one too. */
function keyProtection(keys: NewRequestLines): KeyProtection | undefined {
  const isUserProtected = keys.value('UserProtected', boolean) ?? false;
  const level = keys.value('KeyProtection', (file, line) => flags(file, line, KEY_PROTECTION)) ?? 0;
  if (level & 2) return 'each use';
  return isUserProtected || level & 1 ? 'once' : undefined;
}

function keyAlgorithm(inf: InfFile, keys: NewRequestLines): [algorithm: KeyPlan['algorithm'], use: KeyPlan['use']] {
  const line = keys.line('KeyAlgorithm');
  const word = line ? text(inf, line).toUpperCase() : 'RSA';
  const length = keys.line('KeyLength');
  const bits = length && number(inf, length);
  if (word === 'RSA') {
    // The provider knows its own range.
    if (length && (bits! < 384 || bits! > 16384 || bits! % 8 !== 0))
      throw inf.fault(
        length,
        'is no length of an RSA key.',
        'Write one of 384 to 16384 bits that 8 divides, such as 2048.',
      );
    return [{ type: 'rsa', modulusLength: bits ?? DEFAULT_RSA_LENGTH }, 'exchange'];
  }
  const curve = /^(ECDH|ECDSA)_P(256|384|521)$/.exec(word);
  if (curve) {
    if (length && bits !== Number(curve[2])) throw inf.fault(length, `is not the length of ${word}.`);
    return [{ type: 'ec', curve: `P-${curve[2]}` as EcCurve }, curve[1] === 'ECDH' ? 'exchange' : 'signature'];
  }
  if (word === 'DH' || word === 'DSA')
    throw inf.refusal(line!, `${word} keys are not made here.`, 'Use RSA, ECDH_P256 or ECDSA_P256.');
  throw inf.fault(line!, 'is none of RSA, ECDH_P256, ECDH_P384, ECDH_P521, ECDSA_P256, ECDSA_P384, ECDSA_P521.');
}
