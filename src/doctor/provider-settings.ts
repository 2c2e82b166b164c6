/** CA\CSP and CA\EncryptionCSP, whether they suit each other and what they name: of this CA, or of one that only its .reg is of. */
import { capiHashOf, cngHashOf, signatureDigestOf } from '#ca/config/ca-signature-scheme';
import { type Configuration, settingName } from '#ca/config/configuration';
import { signatureSettingNotice } from '#ca/config/signature-settings';
import { HresultError } from '#hresult/hresult-error';
import type { ProviderDescription } from '#pki/crypto/key-provider';
import { type Diagnosis, diagnosis, diagnosisOf } from './finding.ts';

const PATHS = ['CSP', 'EncryptionCSP'] as const;

/** Each names a provider there is, with its type. `where` the providers of `known` are. */
export function providerNames(
  configuration: Configuration,
  known: readonly ProviderDescription[],
  where = 'this machine',
): Diagnosis[] {
  return PATHS.flatMap((path) => {
    const name = configuration.string('Provider', path);
    const type = configuration.dword('ProviderType', path) ?? 0;
    const provider = known.find((candidate) => candidate.name === name);
    const named = settingName(path, 'Provider');
    if (name !== undefined && provider === undefined) {
      const cure = `certutil -csplist lists them; certutil -setreg "${named}" NAME`;
      const text = `${named} is ${name}, which is no provider of ${where}.`;
      return [diagnosis('warning', 'provider-unknown', text, { symbol: 'NTE_KEYSET_NOT_DEF', cure })];
    }
    if (!provider || provider.provType === type) return [];
    const setting = settingName(path, 'ProviderType');
    const text = `${setting} is ${type}, and ${name} is of type ${provider.provType}.`;
    const cure = `certutil -setreg "${setting}" ${provider.provType}, unless it is Provider that is wrong`;
    return [diagnosis('warning', 'provider-type', text, { symbol: 'NTE_PROV_TYPE_NO_MATCH', cure })];
  });
}

/** What each of the two keys has and the other has not. Sources: MS-CSRA's registry values, exported configurations. */
const OWN_VALUES = {
  CSP: ['HashAlgorithm', 'CNGHashAlgorithm', 'AlternateSignatureAlgorithm'],
  EncryptionCSP: ['EncryptionAlgorithm', 'CNGEncryptionAlgorithm', 'SymmetricKeySize'],
} as const;

/** Values that came in under the other key: of two registration files, both were written for one. */
export function misplacedSettings(configuration: Configuration): Diagnosis[] {
  return PATHS.flatMap((path) => {
    const other = path === 'CSP' ? 'EncryptionCSP' : 'CSP';
    const found = OWN_VALUES[other].filter((name) => configuration.value(name, path) !== undefined);
    if (found.length === 0) return [];
    const text = `CA\\${path} has ${found.join(', ')}, which ${found.length === 1 ? 'is a value' : 'are values'} of CA\\${other}: a file for the one was imported as the other.`;
    const cure = `look at both keys, then ${found.map((name) => `certutil -delreg "${settingName(path, name)}"`).join('; ')}`;
    return [diagnosis('warning', 'settings-misplaced', text, { cure })];
  });
}

/** Which hash the CA signs with, and what has no effect or cannot be. */
export function signatureSettings(configuration: Configuration): Diagnosis[] {
  const found: Diagnosis[] = [];
  const isCsp = (configuration.dword('ProviderType', 'CSP') ?? 0) !== 0;
  const notice = (name: string) => {
    const isThere = configuration.value(name, 'CSP') !== undefined;
    const text = isThere ? signatureSettingNotice(configuration, 'CSP', name) : undefined;
    return text === undefined ? undefined : splitCure(text);
  };
  const ignored = isCsp && !saySameHash(configuration) ? notice('CNGHashAlgorithm') : undefined;
  if (ignored) found.push(diagnosis('warning', 'hash-ignored', ignored.text, ignored.more));
  // Under a KSP HashAlgorithm is always there, and always ignored.
  for (const unable of isCsp ? [notice('HashAlgorithm'), notice('AlternateSignatureAlgorithm')] : [])
    if (unable)
      found.push(diagnosis('error', 'signature-settings', unable.text, { symbol: 'NTE_BAD_ALGID', ...unable.more }));
  return [...found, ...signatureDigest(configuration, isCsp)];
}

function saySameHash(configuration: Configuration): boolean {
  const [cng, capi] = [configuration.string('CNGHashAlgorithm', 'CSP'), configuration.dword('HashAlgorithm', 'CSP')];
  return cngHashOf(cng ?? '') === capiHashOf(capi ?? 0);
}

function splitCure(notice: string): { readonly text: string; readonly more: { readonly cure?: string } } {
  const move = ' Move the keys to a key storage provider: ';
  const [text, cure] = notice.split(move) as [string, string | undefined];
  return { text, more: cure === undefined ? {} : { cure } };
}

function signatureDigest(configuration: Configuration, isCsp: boolean): Diagnosis[] {
  try {
    const digest = signatureDigestOf(configuration);
    if (digest !== 'sha1' && digest !== 'md5') return [];
    const cure = isCsp
      ? 'certhaven migrate keys --to KSP --hash SHA256'
      : 'certutil -setreg "CA\\CSP\\CNGHashAlgorithm" SHA256, then start the CA again';
    if (digest === 'md5') {
      const text = 'The CA is to sign over MD5, and signs nothing.';
      return [diagnosis('error', 'signature-settings', text, { symbol: 'NTE_BAD_ALGID', cure })];
    }
    const text = 'The CA signs with SHA1, which programs refuse.';
    return [diagnosis('warning', 'sha1-signatures', text, { cure })];
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const cure = isCsp
      ? 'certutil -setreg "CA\\CSP\\HashAlgorithm" 0x800c for SHA256'
      : 'certutil -setreg "CA\\CSP\\CNGHashAlgorithm" SHA256';
    return [diagnosisOf('error', 'signature-settings', error, error.hint === undefined ? { cure } : {})];
  }
}

export function encryptionSettings(configuration: Configuration): Diagnosis[] {
  const found: Diagnosis[] = [];
  const [csp, encryption] = PATHS.map((path) => configuration.string('Provider', path));
  if (encryption !== undefined && csp !== encryption) {
    const text = `CA\\EncryptionCSP\\Provider is ${encryption}, and CA\\CSP\\Provider ${csp}: exchange keys are made in another provider than the CA's.`;
    const cure = `certutil -setreg "CA\\EncryptionCSP\\Provider" "${csp}"`;
    found.push(diagnosis('note', 'encryption-provider', text, { cure }));
  }
  for (const path of PATHS) {
    if ((configuration.dword('MachineKeyset', path) ?? 1) !== 0) continue;
    const name = settingName(path, 'MachineKeyset');
    const text = `${name} is 0: AD CS would look for its keys among those of one user.`;
    found.push(
      diagnosis('warning', 'machine-keyset', text, { symbol: 'NTE_BAD_KEYSET', cure: `certutil -setreg "${name}" 1` }),
    );
  }
  return found;
}
