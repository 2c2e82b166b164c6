/** The keys and certificate stores of a home: the machine's and each person's. They are local, wherever the CA is. */

import type { Directory, DirectoryPrincipal } from '#ca/ports';
import { mayUseKey } from '#ca/roles/key-access';
import { isAdministrator } from '#ca/roles/principal';
import { parseSddl } from '#ca/template/parse-sddl';
import { SID_AUTHENTICATED_USERS, SID_EVERYONE, SID_LOCAL_SYSTEM } from '#ca/template/well-known-sids';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { openEnterpriseStores } from '#certstore/open-enterprise-stores';
import { openServiceStores } from '#certstore/open-service-stores';
import type { CertificateStore, CertificateStores, ServiceStores } from '#certstore/ports/certificate-store';
import { readOnlyStores } from '#certstore/read-only-stores';
import type { TokenProviders } from '#cli/certhaven/context';
import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyPasswords, KeyProviders } from '#pki/crypto/key-provider';
import { guardedProviders } from '#providers/guarded-providers';
import { machineGuid, readMachineGuid } from '#providers/machine-guid';
import { machineSid } from '#providers/machine-sid';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import type { AskPin } from '#providers/pkcs11/pin';
import { readTokenSettings } from '#providers/pkcs11/token-settings';
import { providersByName } from '#providers/providers-by-name';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { type Home, paths } from './home.ts';
import { machineAccount, publishedForEnterprise, publishedStore } from './published-stores.ts';
import { tokenProviders } from './token-providers.ts';

const ADMINISTRATORS_ONLY =
  'run it as an administrator (CERTHAVEN_USER), or with -user (in an INF file: without MachineKeySet) for keys and certificates of your own';

export interface KeyPlacesOptions {
  readonly home: Home;
  readonly engine: CryptoEngine;
  readonly caller: () => Promise<DirectoryPrincipal>;
  readonly directory: () => Promise<Directory>;
  /** Asks whoever is at the terminal for the PIN of a token; without it nobody is asked. */
  readonly askPin?: AskPin | undefined;
}

const nobodyToAsk: AskPin = async (token) => {
  throw hresult('NTE_SILENT_CONTEXT', `The PIN of ${token} is to be asked for, and there is nobody to ask.`, {
    hint: 'have it in a file: certhaven provider add --pin-file',
  });
};

export class KeyPlaces {
  readonly #home: Home;
  readonly #engine: CryptoEngine;
  readonly #caller: () => Promise<DirectoryPrincipal>;
  readonly #directory: () => Promise<Directory>;
  readonly #modules: Pkcs11Modules;

  constructor({ home, engine, caller, directory, askPin }: KeyPlacesOptions) {
    this.#home = home;
    this.#engine = engine;
    this.#caller = caller;
    this.#directory = directory;
    this.#modules = new Pkcs11Modules(engine, askPin ?? nobodyToAsk, paths.tokenLocks(home));
  }

  /** The providers of the caller's key set, or of the machine's: its administrators', and whom a key's descriptor lets use it. */
  async providers(machineKeyset: boolean, passwords?: KeyPasswords): Promise<KeyProviders> {
    if (!machineKeyset) {
      const { sid } = await this.#caller();
      return this.#openProviders({ directory: paths.userKeys(this.#home, sid), owner: sid, passwords });
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
    return this.#forAdministrators(stores);
  }

  /** What this machine keeps for its enterprise, with what the directory publishes for that. */
  async enterpriseStores(): Promise<CertificateStores> {
    const published = publishedForEnterprise(await this.#directory());
    return this.#forAdministrators(openEnterpriseStores({ directory: paths.enterpriseStores(this.#home), published }));
  }

  /** Of the object an LDAP URL names; `ldap:` is the object of the machine, or of the caller. */
  async publishedStore(url: string, ofMachine: boolean): Promise<CertificateStore> {
    const directory = await this.#directory();
    return publishedStore(url, directory, () =>
      ofMachine ? machineAccount(directory, this.#home.machineName) : this.#caller(),
    );
  }

  serviceStores(): ServiceStores {
    const stores = openServiceStores({ directory: paths.serviceStores(this.#home), machine: this.machineStores() });
    return {
      services: () => stores.services(),
      of: async (service) => this.#forAdministrators(await stores.of(service)),
    };
  }

  async #forAdministrators(stores: CertificateStores): Promise<CertificateStores> {
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
    return this.#openProviders({ directory: paths.machineKeys(this.#home), owner: 'machine', passwords });
  }

  /** The same, to be looked at: nothing in their folder is mended, and nobody is asked for a password. */
  inspectedProviders(): Promise<KeyProviders> {
    return this.#openProviders({ directory: paths.machineKeys(this.#home), owner: 'machine', inspects: true });
  }

  machineStores(): CertificateStores {
    const enterprise = openEnterpriseStores({ directory: paths.enterpriseStores(this.#home) });
    return openCertificateStores({ directory: paths.machineStores(this.#home), enterprise });
  }

  /** The providers over tokens; their administration is the machine's administrators'. */
  tokenProviders(): TokenProviders {
    return tokenProviders({
      home: this.#home,
      modules: this.#modules,
      open: async (settings, whose) => {
        if (whose === 'machine') return this.#modules.provider(settings, true, await this.#machineOwner());
        if (whose === 'caller') return this.#modules.provider(settings, false, (await this.#caller()).sid);
        const { owner: _, ...unowned } = settings;
        return this.#modules.provider(unowned, true, whose.sid);
      },
      sids: async () => {
        const guid = await readMachineGuid(this.#home.directory);
        const caller = await this.#caller().catch((error: unknown) => {
          if (error instanceof HresultError) return undefined;
          throw error;
        });
        return { machine: guid && machineSid(guid), caller: caller?.sid };
      },
      requireAdministrator: async () => {
        const refused = await this.#refused();
        if (refused !== undefined) throw hresult('ERROR_ACCESS_DENIED', refused, { hint: ADMINISTRATORS_ONLY });
      },
    });
  }

  async #openProviders(set: {
    readonly directory: string;
    /** A SID. */
    readonly owner: string;
    readonly passwords?: KeyPasswords | undefined;
    readonly inspects?: boolean;
  }): Promise<KeyProviders> {
    const { directory, owner, passwords, inspects = false } = set;
    const machineKeyset = owner === 'machine';
    const home = this.#home.directory;
    const guid = (await readMachineGuid(home)) ?? (() => machineGuid(home));
    const options = { directory, machineKeyset, machineGuid: guid, engine: this.#engine, passwords, inspects };
    const software = await openSoftwareProviders(options);
    const settings = await readTokenSettings(paths.providers(this.#home));
    if (settings.length === 0) return software;
    const sid = machineKeyset ? await this.#machineOwner() : owner;
    return providersByName(
      software,
      settings.map((each) => this.#modules.provider(each, machineKeyset, sid)),
    );
  }

  async #machineOwner(): Promise<string | (() => Promise<string>)> {
    const home = this.#home.directory;
    const guid = await readMachineGuid(home);
    return guid === undefined ? async () => machineSid(await machineGuid(home)) : machineSid(guid);
  }

  /** Ends the threads of tokens. */
  close(): Promise<void> {
    return this.#modules.close();
  }
}
