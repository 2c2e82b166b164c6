import type { CryptoEngine } from '#pki/crypto/engine';
import type { Console } from '../io/console.ts';
import type { VerbContext } from '../io/verb.ts';
import type { CertutilOption } from './options.ts';

/** What certutil needs from the world; the composition root fills it. Ports are functions where making them costs. */
export interface CertutilPorts {
  readonly console: Console;
  engine(): Promise<CryptoEngine>;
}

/** What a verb of certutil gets: the ports, and its own arguments, options and output. */
export interface CertutilContext extends CertutilPorts, VerbContext<CertutilOption> {
  readonly console: Console;
}
