import type { CaClient, Clock, EnrollmentClient, EnrollmentStores, Retriever } from '#enroll/ports';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyPasswords, KeyProviders } from '#pki/crypto/key-provider';
import type { Console } from '../io/console.ts';
import type { VerbContext } from '../io/verb.ts';
import type { CertreqOption } from './options.ts';

/** A CA and the connection to it. */
export interface CaConnection extends CaClient {
  close(): Promise<void>;
}

/** What certreq needs from the world; the composition root fills it. Ports are functions where making them costs. */
export interface CertreqPorts {
  readonly console: Console;
  readonly clock: Clock;
  engine(): Promise<CryptoEngine>;
  /** `HOST\CA` of every CA that this machine knows of, the default first. */
  authorities(): Promise<readonly string[]>;
  /** The CA that `HOST\CA` names. Throws RPC_S_SERVER_UNAVAILABLE. */
  connect(config: string): Promise<CaConnection>;
  /** The certificate stores of the machine, or of the caller. */
  stores(machine: boolean): Promise<EnrollmentStores>;
  /**
   * The providers of the machine's key set, or of the caller's. `passwords` asks for those of protected keys; verbs leave it
   * out: the tool knows whether somebody can be asked.
   */
  providers(machineKeyset: boolean, passwords?: KeyPasswords): Promise<KeyProviders>;
  /** Fetches the CRL for the CA exchange certificate. */
  retriever(): Promise<Retriever>;
  clientInfo(): Promise<EnrollmentClient>;
}

/** What a verb of certreq gets: the ports, and its own arguments, options and output. */
export interface CertreqContext extends CertreqPorts, VerbContext<CertreqOption> {
  readonly console: Console;
}
