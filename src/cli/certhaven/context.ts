import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import type { Directory, DirectoryPrincipal } from '#ca/ports';
import type { DirectoryAdministration } from '#directory/administration';
import type { Credentials } from '#directory/sign-in';
import type { CaFiles, Examination } from '#doctor/api';
import type { HresultError } from '#hresult/hresult-error';
import type { KeyMigration } from '#migrate/api';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';
import type { Name } from '#pki/x509/name';
import type { Account, AccountApi } from '#wire/account';
import type { StorePorts } from '../certutil/context.ts';
import type { Console } from '../io/console.ts';
import type { Json } from '../io/verb.ts';
import type { JsonRows } from './json-rows.ts';

/** What `certhaven install-ca` asks for. */
export interface NewAuthority {
  readonly caType: 'enterprise root' | 'stand-alone root';
  readonly subject: Name;
  readonly years: number;
  readonly provider: string;
  /** What is made, or what is there, with the certificate of the CA where that is there too. */
  readonly key:
    | { readonly algorithm: ProviderAlgorithm }
    | { readonly container: string; readonly certificate: Certificate | undefined };
  readonly hash: string;
  readonly description: string;
}

/** Where to listen; without a host on every address of the machine, port 0 for any that is free. */
export interface Endpoint {
  readonly host: string | undefined;
  readonly port: number;
}

/** What `certhaven serve` asks for. */
export interface ServiceOptions {
  readonly https: Endpoint;
  /** For CRLs and CA certificates; undefined for none. */
  readonly http: Endpoint | undefined;
  /** DNS names and addresses for the service's certificate, beside those of the machine. */
  readonly names: readonly string[];
  /** Told of what goes wrong while it runs. */
  readonly onFault: (what: string, thrown: unknown) => void;
}

export interface StartedService {
  /** `HOST\\CA` */
  readonly config: string;
  readonly url: string;
  readonly certEnrollUrl: string | undefined;
  /** Why the CA issued no certificate for the service, and the end of the earlier one; without such a one it is self-signed. */
  readonly certificateFault: { readonly error: HresultError; readonly ends: Date | undefined } | undefined;
  /** Once a CA administrator has asked it to stop. */
  readonly shutdownRequest: Promise<void>;
  /** Resolves where the service cannot go on, with the reason; it is to be stopped then. */
  readonly ended: Promise<HresultError>;
  /** Answers what is under way, then stops the CA. Throws where that cannot be recorded. */
  stop(): Promise<void>;
}

/** A CA of another machine, before anybody has decided to trust it. */
export interface FoundAuthority {
  readonly config: string;
  readonly domain: Directory['domain'];
  /** DER, of the CA. */
  readonly certificate: Uint8Array;
}

/** A key storage provider over a PKCS #11 token. */
export interface TokenProvider {
  readonly name: string;
  /** Absolute path of the module. */
  readonly module: string;
  /** The token's label. */
  readonly token: string;
  /** Where the PIN is, never the PIN. */
  readonly pin: { readonly file: string } | { readonly environment: string } | { readonly prompt: true };
  /** How many operations the token is given at once. */
  readonly sessions: number;
  /** Seconds that one call of the module may take. */
  readonly timeout?: number;
  /** In place of the SID of the machine or the user in the labels of keys; empty for labels without an owner. */
  readonly owner?: string;
}

export interface FoundToken {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  /** How many keys of this machine it holds. */
  readonly keys: number;
}

/** An object of a token, and whose it is. */
export interface OwnedObject {
  /** A SID; empty where the label begins with none. */
  readonly owner: string;
  readonly container: string;
  readonly type: 'PublicKey' | 'PrivateKey' | 'Certificate';
  readonly algorithm: string;
  readonly bits: number | undefined;
}

/** The providers over tokens that this machine has beside those of Windows' names. */
export interface TokenProviders {
  /** Throws ERROR_INVALID_DATA where what names them is damaged. */
  list(): Promise<readonly TokenProvider[]>;
  /** Nothing is kept of a provider whose token cannot be used. Throws ERROR_ALREADY_EXISTS and what the token throws. */
  add(provider: TokenProvider): Promise<FoundToken>;
  /** Logs in and looks. Throws NTE_KEYSET_NOT_DEF and what the token throws. */
  check(name: string): Promise<FoundToken>;
  /** Its keys stay in the token. Throws NTE_KEYSET_NOT_DEF. */
  remove(name: string): Promise<TokenProvider>;
  /** All that is in the provider's token; the SIDs of this machine and of the caller are undefined where they have no keys yet. */
  objects(name: string): Promise<{
    readonly objects: readonly OwnedObject[];
    readonly machine: string | undefined;
    readonly caller: string | undefined;
  }>;
  /** A key by which the owner's SID shows; one that is there stays. */
  createTestKey(
    name: string,
    ofMachine: boolean,
  ): Promise<{ readonly container: string; readonly owner: string; readonly isNew: boolean }>;
  /** Answers what was renamed; the key has signed under its new owner then. Throws NTE_BAD_KEYSET, NTE_EXISTS, NTE_PERM. */
  changeOwner(
    name: string,
    change: { readonly container: string; readonly from: string; readonly to: string },
  ): Promise<readonly OwnedObject[]>;
}

/** What the commands of Certhaven's own need from the world. */
export interface CerthavenPorts extends StorePorts {
  readonly console: Console;
  readonly machineName: string;
  version(): Promise<string>;
  readonly homeDirectory: string;
  directory(): Promise<Directory & DirectoryAdministration & { readonly isInstalled: boolean }>;
  /** Who runs the command. */
  caller(): Promise<DirectoryPrincipal>;
  installDomain(dnsName: string, netbiosName: string): Promise<void>;
  /** Takes back the domain that this command has made. */
  removeDomain(): Promise<void>;
  /** Answers `HOST\CA`. */
  installAuthority(authority: NewAuthority): Promise<string>;
  connect(config: string | undefined): Promise<CertificationAuthority>;
  /** The CA's configuration and logs, read without starting it. */
  configuration(config: string | undefined): Promise<CaConfiguration>;
  /** Moves the keys of this machine's CA to another provider. Throws ERROR_NOT_SUPPORTED in a joined home. */
  keyMigration(): Promise<KeyMigration>;
  /** Looks at this machine's CA and changes nothing. Throws ERROR_ACCESS_DENIED, ERROR_NOT_SUPPORTED in a joined home. */
  examine(folders: readonly string[]): Promise<Examination>;
  /** Looks at what somebody has of a CA. Throws what opening it throws. */
  examineFiles(files: CaFiles): Promise<Examination>;
  /** Starts the service. Throws ERROR_SHARING_VIOLATION, WSAEADDRINUSE and what starting a CA throws. */
  serve(options: ServiceOptions): Promise<StartedService>;
  tokenProviders(): Promise<TokenProviders>;
  /** Once this process is asked to end: SIGTERM, SIGINT. */
  stopRequest(): Promise<void>;
  /** True in a home that has joined a CA of another machine. */
  isJoined(): Promise<boolean>;
  /** Throws ERROR_NOT_SUPPORTED in a home that has not. */
  requireJoined(): Promise<void>;
  /** Passwords and tokens of the directory of this home. Throws ERROR_NOT_SUPPORTED in a joined one. */
  credentials(): Promise<Credentials>;
  /** The caller's own account at the CA this home has joined. */
  account(): Promise<AccountApi>;
  /** Asks a URL which CA is there. Throws RPC_S_SERVER_UNAVAILABLE. */
  findAuthority(url: string): Promise<FoundAuthority>;
  /** Trusts this certificate for the CA there, and remembers both. Throws CERT_E_UNTRUSTEDROOT, ERROR_ALREADY_EXISTS. */
  join(url: string, certificate: Uint8Array): Promise<FoundAuthority>;
  /** The account that sign-in is for where none is named; undefined where nobody was named here. */
  namedAccount(): Promise<string | undefined>;
  /** At the joined CA that `config` names, the default one where it is undefined. Throws ERROR_LOGON_FAILURE, ERROR_ACCOUNT_LOCKED_OUT. */
  signIn(
    config: string | undefined,
    account: string,
    password: string,
  ): Promise<{ readonly account: Account; readonly expires: Date }>;
  /** The same with the key and certificate of a PFX. Throws what opening it throws too. */
  signInWithPfx(config: string | undefined, pfx: Uint8Array, password: string): ReturnType<CerthavenPorts['signIn']>;
  /** Answers whose token ended. */
  signOut(config: string | undefined): Promise<string>;
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
  readonly options: Readonly<
    Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: boolean; readonly short?: string }>
  >;
  /** It tells its result itself, and goes on. */
  readonly goesOn?: boolean;
  load(): Promise<CommandModule>;
}

export interface CommandModule {
  /** Writes lines with `out` and answers the same as a value for `--json`. */
  run(context: CommandContext): Promise<Json | JsonRows | undefined>;
}

export interface CommandContext extends CerthavenPorts {
  readonly arguments: readonly string[];
  /** Undefined where the option was not given. */
  option(name: string): string | undefined;
  options(name: string): readonly string[];
  flag(name: string): boolean;
  /** --json was given: `out` prints nothing. */
  readonly isJson: boolean;
  out(line?: string): void;
  /** The exit code of a command that did what it was asked to; 0 unless told. */
  endWith(exitCode: number): void;
  /** The result under `--json`, of a command that goes on after it. */
  tell(result: Json): void;
}
