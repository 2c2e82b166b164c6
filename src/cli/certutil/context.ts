import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import type { Clock, Directory, Retriever } from '#ca/ports';
import type { CertificateStore, CertificateStores, ServiceStores } from '#certstore/ports/certificate-store';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyPasswords, KeyProviders } from '#pki/crypto/key-provider';
import type { StoreElement } from '#pki/x509/serialized-store';
import type { Console } from '../io/console.ts';
import type { VerbContext } from '../io/verb.ts';
import type { CertutilOption } from './options.ts';

/** Stores and keys of this machine, as every tool has them. */
export type StorePorts = Pick<
  CertutilPorts,
  | 'engine'
  | 'stores'
  | 'enterpriseStores'
  | 'serviceStores'
  | 'publishedStore'
  | 'fileStore'
  | 'providers'
  | 'retriever'
>;

/** What certutil needs from the world; the composition root fills it. Ports are functions where making them costs. */
export interface CertutilPorts {
  readonly console: Console;
  /** DNS name of this machine. */
  readonly machineName: string;
  readonly clock: Clock;
  /** The words that start this certutil on this machine; `certutil` where it is left out. */
  command?(): readonly string[];
  engine(): Promise<CryptoEngine>;
  /** Throws ERROR_NO_SUCH_DOMAIN through its members where this machine has no domain. */
  directory(): Promise<Directory>;
  /** The certificate stores of the machine, or of the caller. */
  stores(machine: boolean): Promise<CertificateStores>;
  /** What this machine keeps for its enterprise, and what the directory publishes for that. */
  enterpriseStores(): Promise<CertificateStores>;
  serviceStores(): Promise<ServiceStores>;
  /** Of the object an LDAP URL names; of the machine's or the caller's own object for `ldap:`. */
  publishedStore(url: string, ofMachine: boolean): Promise<CertificateStore>;
  /** What a file holds, as a store that is only read. */
  fileStore(name: string, elements: readonly StoreElement[]): Promise<CertificateStore>;
  /** Fetches CRLs; `timeout` is the milliseconds for one URL, 15,000 where it is left out. */
  retriever(timeout?: number): Promise<Retriever>;
  /**
   * The providers of the machine's key set, or of the caller's. `passwords` asks for those of protected keys; verbs leave it
   * out: the tool knows whether somebody can be asked.
   */
  providers(machineKeyset: boolean, passwords?: KeyPasswords): Promise<KeyProviders>;
  /** `HOST\CA` of those a command may mean that names none, the default first; none on the machine of a CA, which is meant. */
  authorities(): Promise<readonly string[]>;
  /** The CA that `HOST\CA` names; `-` or undefined is the one of this machine. Throws RPC_S_SERVER_UNAVAILABLE. */
  connect(config: string | undefined): Promise<CertificationAuthority>;
  /** Its configuration, whether it starts or not. Throws as `connect`. */
  configuration(config: string | undefined): Promise<CaConfiguration>;
}

/** What a verb of certutil gets: the ports, and its own arguments, options and output. */
export interface CertutilContext extends CertutilPorts, VerbContext<CertutilOption> {
  readonly console: Console;
}
