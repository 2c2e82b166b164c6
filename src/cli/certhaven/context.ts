import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import type { Directory, DirectoryPrincipal } from '#ca/ports';
import type { DirectoryAdministration } from '#directory/administration';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import type { Name } from '#pki/x509/name';
import type { Console } from '../io/console.ts';
import type { Json } from '../io/verb.ts';

/** What `certhaven install-ca` asks for. */
export interface NewAuthority {
  readonly caType: 'enterprise root' | 'stand-alone root';
  readonly subject: Name;
  readonly years: number;
  readonly provider: string;
  readonly key: ProviderAlgorithm;
  readonly hash: string;
  readonly description: string;
}

/** What the commands of Certhaven's own need from the world. */
export interface CerthavenPorts {
  readonly console: Console;
  readonly machineName: string;
  version(): Promise<string>;
  readonly homeDirectory: string;
  directory(): Promise<Directory & DirectoryAdministration & { readonly isInstalled: boolean }>;
  /** Who runs the command. */
  caller(): Promise<DirectoryPrincipal>;
  installDomain(dnsName: string, netbiosName: string): Promise<void>;
  /** Answers `HOST\CA`. */
  installAuthority(authority: NewAuthority): Promise<string>;
  connect(config: string | undefined): Promise<CertificationAuthority>;
  /** The CA's configuration and logs, read without starting it. */
  configuration(config: string | undefined): Promise<CaConfiguration>;
  sha256(data: Uint8Array): Uint8Array;
  setAccount(accountName: string): Promise<void>;
  /** Writes launchers named certutil and certreq; answers their paths. */
  link(directory: string): Promise<readonly string[]>;
}

export interface Command {
  readonly name: string;
  /** Behind the name: `FILE... --use N`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }>>;
  load(): Promise<CommandModule>;
}

export interface CommandModule {
  /** Writes lines with `out` and answers the same as a value for `--json`. */
  run(context: CommandContext): Promise<Json | undefined>;
}

export interface CommandContext extends CerthavenPorts {
  readonly arguments: readonly string[];
  /** Undefined where the option was not given. */
  option(name: string): string | undefined;
  options(name: string): readonly string[];
  flag(name: string): boolean;
  out(line?: string): void;
}
