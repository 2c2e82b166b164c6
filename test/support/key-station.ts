/** A machine with certificate stores and key sets of its own in a new directory: where recovery agents and users work. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { openEnterpriseStores } from '#certstore/open-enterprise-stores';
import { openServiceStores } from '#certstore/open-service-stores';
import type { CertificateStores, KeyProvInfo } from '#certstore/ports/certificate-store';
import type { CerthavenPorts } from '#cli/certhaven/context';
import { runCerthaven } from '#cli/certhaven/main';
import type { CertutilPorts, StorePorts } from '#cli/certutil/context';
import { runCertutil } from '#cli/certutil/main';
import type { Console } from '#cli/io/console';
import { hresult } from '#hresult/hresult-error';
import type { KeyPasswords, KeyProviders, KeySpec } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { NO_OTHER_STORES } from '#test/support/no-stores';
import type { Holder } from '#test/support/recovery-ca';

const MACHINE_GUID = '4be58f30-7127-42f5-9b76-f47187495247';

export const KSP = 'Microsoft Software Key Storage Provider';
export const STRONG = 'Microsoft Strong Cryptographic Provider';

export class KeyStation {
  readonly #path = mkdtempSync(join(tmpdir(), 'certhaven-station-'));
  /** False for a machine without a domain, at which nobody is signed in. */
  readonly #hasUser: boolean;

  constructor({ hasUser = true } = {}) {
    this.#hasUser = hasUser;
  }

  readonly stores = async (machine: boolean): Promise<CertificateStores> => {
    const ofMachine = this.#machineStores();
    if (machine) return ofMachine;
    this.#requireUser();
    return openCertificateStores({ directory: join(this.#path, 'user', 'stores'), machine: ofMachine });
  };

  #machineStores(): CertificateStores {
    return openCertificateStores({ directory: join(this.#path, 'machine', 'stores'), enterprise: this.#enterprise() });
  }

  #enterprise(): CertificateStores {
    return openEnterpriseStores({ directory: join(this.#path, 'machine', 'enterprise') });
  }

  readonly providers = async (machineKeyset: boolean, passwords?: KeyPasswords): Promise<KeyProviders> => {
    if (!machineKeyset) this.#requireUser();
    return openSoftwareProviders({
      directory: join(this.#path, machineKeyset ? 'machine' : 'user', 'keys'),
      machineKeyset,
      machineGuid: MACHINE_GUID,
      engine: nodeEngine,
      passwords,
    });
  };

  /** Writes something else over the file of a certificate in a store of the machine. */
  damage(store: string, thumbprint: string): void {
    const entry = join(this.#path, 'machine', 'stores', store, 'Certificates', thumbprint.toUpperCase());
    writeFileSync(join(entry, 'certificate.crt'), 'something else');
  }

  #requireUser(): void {
    if (!this.#hasUser) throw hresult('ERROR_NO_SUCH_DOMAIN', 'There is no domain.');
  }

  /** `more`: of a machine that has a CA too. */
  #storePorts(): StorePorts {
    return {
      ...NO_OTHER_STORES,
      engine: async () => nodeEngine,
      retriever: async () => ({ retrieve: async () => undefined }),
      stores: this.stores,
      enterpriseStores: async () => this.#enterprise(),
      serviceStores: async () =>
        openServiceStores({ directory: join(this.#path, 'machine', 'services'), machine: this.#machineStores() }),
      providers: this.providers,
    };
  }

  certutil(argv: readonly string[], console: Console, more: Partial<CertutilPorts> = {}): Promise<number> {
    const ports: Partial<CertutilPorts> = {
      console,
      clock: { now: () => new Date() },
      machineName: 'station.contoso.com',
      ...this.#storePorts(),
      directory: async () => {
        throw hresult('ERROR_NO_SUCH_DOMAIN', 'There is no domain.');
      },
      ...more,
    };
    return runCertutil(argv, ports as CertutilPorts);
  }

  certhaven(argv: readonly string[], console: Console): Promise<number> {
    const ports: Partial<CerthavenPorts> = { console, ...this.#storePorts() };
    return runCerthaven(argv, ports as CerthavenPorts);
  }

  /** Puts a certificate and its key where certreq -accept would. */
  async install(
    { certificate, pkcs8 }: Holder,
    place: { machine: boolean; store?: string; provider?: string; keySpec?: KeySpec; exportable?: boolean },
  ): Promise<KeyProvInfo> {
    const { machine, store = 'My', provider: name = KSP, keySpec = 0, exportable = true } = place;
    const container = `te-${crypto.randomUUID()}`;
    const provider = (await this.providers(machine)).byName(name);
    (await provider.importKey(pkcs8, { container, keySpec, policy: { exportable, archivable: false } })).close();
    const flags = machine ? 0x20 : 0;
    const keyProvInfo: KeyProvInfo = {
      container,
      provider: provider.name,
      providerType: provider.type,
      flags,
      keySpec,
    };
    await (await this.stores(machine)).open(store).add(certificate.raw, { keyProvInfo });
    return keyProvInfo;
  }

  /** `machine 3 keys 2 certificates, user …`: what a failed command must leave as it was. */
  async inventory(): Promise<string> {
    const parts: string[] = [];
    for (const machine of this.#hasUser ? [true, false] : [true]) {
      let keys = 0;
      for (const provider of (await this.providers(machine)).all) keys += (await provider.listContainers()).length;
      let certificates = 0;
      for (const store of (await this.stores(machine)).all) {
        const own = (await store.list()).filter(({ physicalStore }) => physicalStore === '.Default');
        certificates += own.length;
      }
      parts.push(`${machine ? 'machine' : 'user'} ${keys} keys ${certificates} certificates`);
    }
    return parts.join(', ');
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}
