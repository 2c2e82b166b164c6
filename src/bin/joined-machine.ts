/** A home without a CA of its own: keys and stores are here, the CA and its directory behind the service it joined. */
import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import type { Directory, DirectoryPrincipal, Retriever } from '#ca/ports';
import type { DirectoryAdministration } from '#directory/administration';
import { HresultError, hresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import type { AskPin } from '#providers/pkcs11/pin';
import { createRetriever } from '#publish/retriever';
import type { AccountApi } from '#wire/account';
import { ACCOUNT_METHODS } from '#wire/account';
import { remoteAuthority, remoteCalls, remoteDirectory } from '#wire/client/remote-calls';
import { remoteDirectoryFault } from '#wire/client/remote-directory-fault';
import { ServiceClient } from '#wire/client/service-client';
import { currentAccount, namedAccount } from './account.ts';
import type { Home } from './home.ts';
import { type JoinedAuthority, learnCertificates } from './joined-authorities.ts';
import { KeyPlaces } from './key-places.ts';
import { remoteConfiguration, retrieverThroughService } from './remote-authority.ts';
import { readSignIns, type SignIn } from './sign-ins.ts';

export class JoinedMachine {
  readonly home: Home;
  readonly #joined: readonly [JoinedAuthority, ...JoinedAuthority[]];
  /** Keys and certificate stores, which are here. */
  readonly keys: KeyPlaces;

  constructor(home: Home, joined: readonly [JoinedAuthority, ...JoinedAuthority[]], askPin?: AskPin) {
    this.home = home;
    this.#joined = joined;
    this.keys = new KeyPlaces({
      home,
      engine: nodeEngine,
      caller: () => this.caller(),
      directory: () => this.directory(),
      askPin,
    });
  }

  /** Who signed in at the default CA, as he was known then: enough to find his keys without asking anybody. */
  async caller(): Promise<DirectoryPrincipal> {
    const { distinguishedName, ...account } = (await this.signIn(this.#joined[0])).account;
    return { ...account, object: { distinguishedName, attributes: new Map() } };
  }

  /** Throws ERROR_NOT_AUTHENTICATED where the account has not signed in at this CA. */
  async signIn(joined: JoinedAuthority): Promise<SignIn> {
    const { config, domain } = joined;
    const signIns = (await readSignIns(this.home)).filter((each) => each.config === config);
    if (!this.isDefault(joined)) return this.#signInElsewhere(config, signIns);
    const wanted = await currentAccount(this.home, domain.netbiosName);
    const found = signIns.find(({ account }) => isNamed(account.accountName, wanted));
    if (found) return found;
    // Nobody was named, and there is no choice.
    if ((await namedAccount(this.home)) === undefined && signIns.length === 1) return signIns[0]!;
    throw hresult('ERROR_NOT_AUTHENTICATED', `${wanted} has not signed in at ${config}.`, {
      hint: `certhaven sign-in ${wanted.replace(/^.*\\/, '')}`,
    });
  }

  /** Who works here is known by his account at the default CA; what he is called at another stands in his sign-in there. */
  async #signInElsewhere(config: string, signIns: readonly SignIn[]): Promise<SignIn> {
    const { sid, accountName } = await this.caller();
    const found = signIns.find(({ person }) => person === sid);
    if (found) return found;
    throw hresult('ERROR_NOT_AUTHENTICATED', `${accountName} has not signed in at ${config}.`, {
      hint: `certhaven sign-in ACCOUNT --config "${config}"`,
    });
  }

  isDefault({ config }: JoinedAuthority): boolean {
    return config === this.#joined[0].config;
  }

  /** The joined CA that -config names. Throws RPC_S_SERVER_UNAVAILABLE. */
  find(config: string | undefined): JoinedAuthority {
    if (config === undefined || config === '-') return this.#joined[0];
    const found = this.#joined.find((each) => each.config.toLowerCase() === config.toLowerCase());
    if (found) return found;
    throw hresult('RPC_S_SERVER_UNAVAILABLE', `This machine has not joined ${config}.`, {
      hint: 'certhaven join https://HOST:PORT makes it known',
    });
  }

  async #client(joined: JoinedAuthority): Promise<ServiceClient> {
    const { token } = await this.signIn(joined);
    return new ServiceClient({ url: joined.url, trust: [joined.trust], authorization: `Bearer ${token}` });
  }

  async connect(config: string | undefined): Promise<CertificationAuthority> {
    const joined = await this.#upToDate(this.find(config));
    return remoteAuthority(await this.#client(joined), joined.config);
  }

  /** Not only who signs in learns of a new root: what the CA signs from now on leads to it. */
  async #upToDate(joined: JoinedAuthority): Promise<JoinedAuthority> {
    try {
      return await learnCertificates(this.home, joined);
    } catch (error) {
      // What keeps it from its service, the call itself will tell.
      if (error instanceof HresultError) return joined;
      throw error;
    }
  }

  async configuration(config: string | undefined): Promise<CaConfiguration> {
    return remoteConfiguration(await this.connect(config));
  }

  async account(): Promise<AccountApi> {
    return remoteCalls<AccountApi>(await this.#client(this.#joined[0]), 'account', ACCOUNT_METHODS);
  }

  async directory(): Promise<Directory> {
    return remoteDirectory(await this.#client(this.#joined[0]), this.#joined[0]);
  }

  /** The same, for commands that would change it: they are told where. */
  async administeredDirectory(): Promise<Directory & DirectoryAdministration & { readonly isInstalled: boolean }> {
    const refuse = () => Promise.reject(remoteDirectoryFault());
    const directory = await this.directory();
    return {
      ...directory,
      isInstalled: true,
      addUser: refuse,
      addComputer: refuse,
      addGroup: refuse,
      addMember: refuse,
      removeMember: refuse,
    };
  }

  /** CRLs and CA certificates are everybody's: they are fetched also by somebody who has not signed in. */
  async retriever(timeout?: number): Promise<Retriever> {
    const directory = await this.directory();
    return this.#joined.reduce<Retriever>(
      (retriever, { config, url, trust }) =>
        retrieverThroughService(
          retriever,
          config.split('\\')[0]!,
          async () => new ServiceClient({ url, trust: [trust] }),
        ),
      createRetriever(directory, timeout),
    );
  }

  async authorities(): Promise<readonly string[]> {
    return this.#joined.map(({ config }) => config);
  }

  ownAuthorities(): Promise<readonly string[]> {
    return this.authorities();
  }
}

/** `CONTOSO\alice` and `alice` are one, in a home whose people are all of one domain. */
function isNamed(accountName: string, wanted: string): boolean {
  const name = accountName.toLowerCase();
  const asked = wanted.toLowerCase();
  return name === asked || name.replace(/^.*\\/, '') === asked;
}
