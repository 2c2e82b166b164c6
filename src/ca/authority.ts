/** An authority that has been started: what its use cases share. Built by `install/start.ts`. */
import type { CaCertificate, CurrentCa } from './ca-certificate.ts';
import type { OwnRevocation } from './chain/own-revocation.ts';
import type { Configuration } from './config/configuration.ts';
import type { Turn } from './crl/turn.ts';
import type { EncryptionProvider } from './exchange/encryption-provider.ts';
import type { ExchangeKeys } from './exchange/exchange-keys.ts';
import type { KeyUses } from './install/key-uses.ts';
import type { KraRing } from './kra/kra-ring.ts';
import type { KraWatch } from './kra/kra-watch.ts';
import type { AuthorityPorts, DirectoryPrincipal } from './ports.ts';
import type { Unfinished } from './request/unfinished.ts';
import type { TemplateCatalog } from './template/template-catalog.ts';

export interface Authority {
  readonly ports: AuthorityPorts;
  /** Of the CA's keys, since its start. */
  readonly keyUses: KeyUses;
  readonly commonName: string;
  readonly sanitizedName: string;
  /** DNS name of the machine. */
  readonly serverName: string;
  readonly enterprise: boolean;
  readonly certificates: readonly CaCertificate[];
  readonly current: CurrentCa;
  /** The configuration as it was at start: for values that take effect at a restart. */
  readonly started: Configuration;
  readonly kraRing: KraRing;
  readonly kraWatch: KraWatch;
  readonly exchangeKeys: ExchangeKeys;
  readonly encryptionProvider: EncryptionProvider;
  /** CRLs are issued one at a time (the next one's number is counted from the rows), and certificates revoked between them. */
  readonly crlTurn: Turn;
  readonly ownRevocation: OwnRevocation;
  readonly templates: TemplateCatalog;
  readonly unfinished: Unfinished;
}

/** Who calls. Nothing is known of him but what the directory says. */
export type Caller = DirectoryPrincipal;

/** `HOST\CA`, as -config takes it. */
export function configString(authority: Pick<Authority, 'serverName' | 'commonName'>): string {
  return `${authority.serverName}\\${authority.commonName}`;
}
