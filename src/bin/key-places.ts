/** The keys and certificate stores of a home: the machine's and each person's. They are local, wherever the CA is. */

import type { DirectoryPrincipal } from '#ca/ports';
import { mayUseKey } from '#ca/roles/key-access';
import { isAdministrator } from '#ca/roles/principal';
import { parseSddl } from '#ca/template/parse-sddl';
import { SID_AUTHENTICATED_USERS, SID_EVERYONE, SID_LOCAL_SYSTEM } from '#ca/template/well-known-sids';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { CertificateStores } from '#certstore/ports/certificate-store';
import { readOnlyStores } from '#certstore/read-only-stores';
import { isHresult } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyPasswords, KeyProviders } from '#pki/crypto/key-provider';
import { guardedProviders } from '#providers/guarded-providers';
import { machineGuid, readMachineGuid } from '#providers/machine-guid';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { type Home, paths } from './home.ts';

const ADMINISTRATORS_ONLY =
  'run it as an administrator (CERTHAVEN_USER), or with -user for keys and certificates of your own';

/** What one needs to know of a caller here. */
type KeyOwner = Pick<DirectoryPrincipal, 'accountName' | 'sid' | 'kind' | 'groupSids'>;

export class KeyPlaces {
  readonly #home: Home;
  readonly #engine: CryptoEngine;
  readonly #caller: () => Promise<KeyOwner>;

  constructor(home: Home, engine: CryptoEngine, caller: () => Promise<KeyOwner>) {
    this.#home = home;
    this.#engine = engine;
    this.#caller = caller;
  }

  /** The providers of the caller's key set, or of the machine's: its administrators', and whom a key's descriptor lets use it. */
  async providers(machineKeyset: boolean, passwords?: KeyPasswords): Promise<KeyProviders> {
    if (!machineKeyset) {
      return this.#openProviders(paths.userKeys(this.#home, (await this.#caller()).sid), false, passwords);
    }
    const providers = await this.machineProviders(passwords);
    const sids = await this.#callerSids();
    if (sids === undefined) return providers;
    const refused = await this.#refused();
    return guardedProviders(providers, {
      mayChange: refused === undefined,
      mayUse: (sddl) => (sddl === '' ? refused === undefined : mayUseKey(parseSddl(sddl), sids)),
      refused: refused ?? 'The security descriptor of the key does not let you use it.',
      hint:
        refused === undefined
          ? 'certutil -repairstore My CERTIFICATE SDDL sets who may use a key'
          : ADMINISTRATORS_ONLY,
    });
  }

  /** Undefined where nobody is signed in; nobody's where the account is no longer there. */
  async #callerSids(): Promise<ReadonlySet<string> | undefined> {
    try {
      const { sid, groupSids, kind } = await this.#caller();
      const implied = [SID_EVERYONE, SID_AUTHENTICATED_USERS, ...(kind === 'computer' ? [SID_LOCAL_SYSTEM] : [])];
      return new Set([sid, ...groupSids, ...implied]);
    } catch (error) {
      if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN')) return undefined;
      if (isHresult(error, 'ERROR_NONE_MAPPED')) return new Set();
      throw error;
    }
  }

  /** The certificate stores of the caller, or of the machine, which its administrators alone change. */
  async stores(machine: boolean): Promise<CertificateStores> {
    const stores = this.machineStores();
    if (!machine) {
      const { sid } = await this.#caller();
      return openCertificateStores({ directory: paths.userStores(this.#home, sid), machine: stores });
    }
    const refused = await this.#refused();
    return refused === undefined ? stores : readOnlyStores(stores, refused, ADMINISTRATORS_ONLY);
  }

  /** What keeps the caller from the keys and stores of the machine; undefined for its administrators, and for itself. */
  async #refused(): Promise<string | undefined> {
    try {
      const caller = await this.#caller();
      if (isAdministrator(caller) || caller.kind === 'computer') return undefined;
      return `${caller.accountName} is no administrator of this machine.`;
    } catch (error) {
      // Without a domain nobody is signed in, and whoever reads the files is all there is.
      if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN')) return undefined;
      if (isHresult(error, 'ERROR_NONE_MAPPED')) return error.detail;
      throw error;
    }
  }

  /** Without `passwords`, as a service is, nobody is asked for the password of a protected key. */
  machineProviders(passwords?: KeyPasswords): Promise<KeyProviders> {
    return this.#openProviders(paths.machineKeys(this.#home), true, passwords);
  }

  machineStores(): CertificateStores {
    return openCertificateStores({ directory: paths.machineStores(this.#home) });
  }

  async #openProviders(directory: string, machineKeyset: boolean, passwords?: KeyPasswords): Promise<KeyProviders> {
    const home = this.#home.directory;
    const guid = (await readMachineGuid(home)) ?? (() => machineGuid(home));
    return openSoftwareProviders({ directory, machineKeyset, machineGuid: guid, engine: this.#engine, passwords });
  }
}
