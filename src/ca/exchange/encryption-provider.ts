/**
 * The provider and algorithms of EncryptionCSP: what makes the exchange key and says what archived keys are sealed with.
 * Document 004, "CA Exchange Certificate Generation", "Key Encryption" and "Certification Authority CSP Not Supported for Key
 * Archival Functions".
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import type { EcCurve } from '#pki/crypto/engine';
import type { KeyProviders, KeyStorageProvider, ProviderAlgorithm } from '#pki/crypto/key-provider';
import { type ApplicationEventId, applicationEvent, statusText } from '../audit/application-events.ts';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { KRAF } from '../config/registry-flags.ts';
import { DEFAULT_ENCRYPTION_PROVIDER } from '../config/registry-values.ts';
import { calgCipher, cngCipher } from './content-cipher.ts';

const PATH = 'EncryptionCSP';

export interface EncryptionSettings {
  readonly provider: KeyStorageProvider;
  /** Of the exchange key. */
  readonly algorithm: ProviderAlgorithm;
  /** Of archived keys. */
  readonly cipher: BlockCipher;
}

export class EncryptionProvider {
  #told: string | undefined;

  /**
   * `attempt` with what the registry says; where that cannot be had or used, with the default provider, unless
   * KRAF_DISABLEUSEDEFAULTPROVIDER. Events 86, 88 and 87 tell it, once for each fault. Throws what the last attempt threw.
   */
  async use<Result>(
    authority: Authority,
    configuration: Configuration,
    attempt: (settings: EncryptionSettings) => Result | Promise<Result>,
  ): Promise<Result> {
    const { providers } = authority.ports;
    try {
      const result = await attempt(configuredSettings(providers, configuration));
      this.#told = undefined;
      return result;
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      if (!configuration.hasFlag('KRAFlags', KRAF.DISABLEUSEDEFAULTPROVIDER))
        return this.#useDefault(authority, configuration, attempt, error);
      await this.#tell(authority, [86, statusText(error)]);
      throw error;
    }
  }

  async #useDefault<Result>(
    authority: Authority,
    configuration: Configuration,
    attempt: (settings: EncryptionSettings) => Result | Promise<Result>,
    fault: HresultError,
  ): Promise<Result> {
    try {
      const settings = defaultSettings(authority.ports.providers, configuration);
      const result = await attempt(settings);
      await this.#tell(authority, [86, statusText(fault)], [88, settings.provider.name]);
      return result;
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      await this.#tell(authority, [86, statusText(fault)], [87, statusText(error)]);
      throw error;
    }
  }

  /** Once, and not for every enrollee who asks while it lasts. */
  async #tell(
    { ports: { clock, database } }: Authority,
    ...events: readonly (readonly [ApplicationEventId, string])[]
  ): Promise<void> {
    const told = JSON.stringify(events);
    if (told === this.#told) return;
    this.#told = told;
    await database.commit(
      events.map(([id, variable]) => ({ append: 'Events', record: applicationEvent(clock.now(), id, variable) })),
    );
  }
}

/** Throws NTE_KEYSET_NOT_DEF, NTE_DEVICE_NOT_READY, NTE_PROV_TYPE_NO_MATCH, NTE_BAD_ALGID, ERROR_FILE_NOT_FOUND, ERROR_INVALID_DATA. */
function configuredSettings(providers: KeyProviders, configuration: Configuration): EncryptionSettings {
  const provider = providers.byName(configuration.required('Provider', PATH));
  requireType(provider, configuration);
  const calg = configuration.dword('EncryptionAlgorithm', PATH);
  // A CSP goes by CAPI's number; CNG_ONLY says that the two CNG values rule.
  const isCapi = provider.type !== 0 && calg !== CNG_ONLY;
  const cipher = isCapi ? calgCipher(calg, symmetricKeySize(configuration)) : configuredCngCipher(configuration);
  return settingsOf(provider, cipher, configuration);
}

const CNG_ONLY = 0xffffffff;

function defaultSettings(providers: KeyProviders, configuration: Configuration): EncryptionSettings {
  return settingsOf(providers.byName(DEFAULT_ENCRYPTION_PROVIDER), configuredCngCipher(configuration), configuration);
}

function configuredCngCipher(configuration: Configuration): BlockCipher {
  return cngCipher(configuration.string('CNGEncryptionAlgorithm', PATH), symmetricKeySize(configuration));
}

function symmetricKeySize(configuration: Configuration): number | undefined {
  return configuration.dword('SymmetricKeySize', PATH);
}

function settingsOf(
  provider: KeyStorageProvider,
  cipher: BlockCipher,
  configuration: Configuration,
): EncryptionSettings {
  if (!provider.ciphers.includes(cipher.name)) {
    throw hresult('NTE_BAD_ALGID', `${provider.name} does not encrypt with ${cipher.name}.`, {
      hint: `name a provider that does: certutil -setreg CA\\EncryptionCSP\\Provider "${DEFAULT_ENCRYPTION_PROVIDER}"`,
    });
  }
  return { provider, algorithm: exchangeKeyAlgorithm(provider, configuration), cipher };
}

/**
 * ProviderType is 0 for a KSP and the PROV_* number of a CSP. Document 004 has it the other way round ("0 for a CAPI CSP and 1
 * for a CNG provider"): whoever configured by that is understood.
 */
function requireType(provider: KeyStorageProvider, configuration: Configuration): void {
  const type = configuration.dword('ProviderType', PATH);
  if (type === undefined || type === provider.type || type === (provider.type === 0 ? 1 : 0)) return;
  throw hresult('NTE_PROV_TYPE_NO_MATCH', `${provider.name} is of type ${provider.type}, not ${type}.`, {
    hint: `certutil -setreg CA\\EncryptionCSP\\ProviderType ${provider.type}`,
  });
}

const CURVES: Readonly<Record<string, EcCurve>> = { ECDH_P256: 'P-256', ECDH_P384: 'P-384', ECDH_P521: 'P-521' };

function exchangeKeyAlgorithm(provider: KeyStorageProvider, configuration: Configuration): ProviderAlgorithm {
  const name = (configuration.string('CNGPublicKeyAlgorithm', PATH) ?? 'RSA').toUpperCase();
  // CAPI knows RSA alone.
  if (provider.type !== 0 || name === 'RSA')
    return { type: 'rsa', modulusLength: configuration.dword('KeySize', PATH) ?? 2048 };
  const curve = CURVES[name];
  if (curve) return { type: 'ec', curve };
  throw hresult('NTE_BAD_ALGID', `EncryptionCSP names ${name} for the exchange key.`, {
    hint: 'certutil -setreg CA\\EncryptionCSP\\CNGPublicKeyAlgorithm RSA',
  });
}
