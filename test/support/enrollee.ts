/** A machine with one user on it: stores and key sets in a temporary folder, the real ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { CertificateStores } from '#certstore/ports/certificate-store';
import type { EnrollmentClient, EnrollmentPorts, Retriever } from '#enroll/ports';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { NOW } from './x509-hierarchy.ts';

export const CLIENT: EnrollmentClient = {
  machineName: 'pc1.contoso.com',
  userName: 'CONTOSO\\alice',
  processName: 'certreq',
  osVersion: '10.0.17763.2',
};

export class Enrollee {
  readonly folder = mkdtempSync(join(tmpdir(), 'certhaven-enrollee-'));
  readonly #machineStores = openCertificateStores({ directory: join(this.folder, 'machine-stores') });
  readonly #userStores = openCertificateStores({
    directory: join(this.folder, 'user-stores'),
    machine: this.#machineStores,
  });

  stores(machine = false): CertificateStores {
    return machine ? this.#machineStores : this.#userStores;
  }

  providers(machineKeyset = false): Promise<KeyProviders> {
    return openSoftwareProviders({
      directory: join(this.folder, machineKeyset ? 'machine-keys' : 'user-keys'),
      machineKeyset,
      machineGuid: '2b8a1f6e-5c4d-4e3f-9a7b-1c2d3e4f5a6b',
      engine: nodeEngine,
    });
  }

  /** As the user; trusts these roots. */
  async ports(retriever: Retriever, ...roots: readonly Uint8Array[]): Promise<EnrollmentPorts> {
    for (const root of roots) await this.#machineStores.open('Root').add(root);
    return {
      engine: nodeEngine,
      clock: { now: () => NOW },
      stores: this.stores(),
      providers: await this.providers(),
      retriever,
      client: CLIENT,
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
