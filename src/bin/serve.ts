/** The service: one CA of this home over HTTPS, its CRLs and certificates over HTTP too. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type Authority, configString } from '#ca/authority';
import { publishDueCrl } from '#ca/crl/publish-due';
import { restartAuthority, startAuthority, stopAuthority } from '#ca/install/start';
import { recordStartFailure } from '#ca/install/start-failure';
import type { AuthorityPorts } from '#ca/ports';
import type { CertificateFault } from '#ca/service/service-events';
import type { ServiceOptions, StartedService } from '#cli/certhaven/context';
import { HresultError, hresult } from '#hresult/hresult-error';
import { serveCertEnroll } from '#wire/server/cert-enroll';
import { close, createHttpListener, createHttpsListener, listen, secureContextOf } from '#wire/server/listener';
import { handleRequest, type ServiceContent } from '#wire/server/request-handler';
import { paths } from './home.ts';
import type { Machine } from './machine.ts';
import { serviceContent } from './service-content.ts';
import { removeServiceFile, writeServiceFile } from './service-file.ts';
import { ShownIdentity } from './shown-identity.ts';
import { type ServiceIdentity, serviceNames } from './tls-identity.ts';

/** Requests under way are answered; views that a slow reader has not finished by then are cut. */
const GRACE_MS = 30_000;
/** How often the service looks whether its certificate or the CA's CRL is to be made anew. */
const CHORES_MS = 10 * 60 * 1000;

/**
 * Throws ERROR_SHARING_VIOLATION where the CA runs elsewhere, WSAEADDRINUSE and its kin, and what starting a CA throws.
 * Nothing is told to the CA's logs before its ports are open.
 */
export async function serve(machine: Machine, options: ServiceOptions): Promise<StartedService> {
  const listeners = new Listeners();
  let ports: AuthorityPorts | undefined;
  let authority: Authority | undefined;
  try {
    ports = await machine.authorityPorts();
    // Requests that come before the CA is ready wait for it.
    await listeners.open(options);
    authority = await start(ports);
    return await new Service(machine, authority, listeners, options).begin();
  } catch (error) {
    await listeners.close(0);
    // What its log calls started, it calls stopped too.
    if (authority) await stopAuthority(authority, { announce: true }).catch(() => undefined);
    else await ports?.database.close();
    await machine.close();
    throw error;
  }
}

async function start(ports: AuthorityPorts): Promise<Authority> {
  try {
    return await startAuthority(ports, { announce: true });
  } catch (error) {
    await recordStartFailure(ports, error);
    throw error;
  }
}

class Listeners {
  #ready = Promise.withResolvers<ServiceContent>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #https = createHttpsListener((request, response) => {
    void this.#ready.promise.then((content) => {
      const answer = handleRequest(content, request, response).finally(() => this.#underWay.delete(answer));
      this.#underWay.add(answer);
    });
  });
  #http: Server | undefined;
  httpsPort = 0;
  httpPort: number | undefined;

  async open({ https, http }: ServiceOptions): Promise<void> {
    this.httpsPort = await listen(this.#https, https);
    if (http === undefined) return;
    this.#http = createHttpListener((request, response) => {
      void this.#ready.promise.then(async ({ certEnrollDirectory }) => {
        if (await serveCertEnroll(certEnrollDirectory, request, response).catch(() => response.destroy())) return;
        response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Calls are made over HTTPS.\n');
      });
    });
    this.httpPort = await listen(this.#http, http);
  }

  show(identity: ServiceIdentity): void {
    this.#https.setSecureContext(secureContextOf(identity));
  }

  begin(content: ServiceContent): void {
    this.#ready.resolve(content);
  }

  /** Requests from now on wait for the next `begin`; answers once those before are answered, or had this long. */
  async hold(graceMs: number): Promise<void> {
    this.#ready = Promise.withResolvers();
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([Promise.all(this.#underWay), grace.promise]);
    clearTimeout(timer);
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([close(this.#https, graceMs), this.#http && close(this.#http, graceMs)]);
  }
}

class Service {
  readonly #machine: Machine;
  #authority: Authority;
  /** Why the CA did not start again. */
  readonly #failure = Promise.withResolvers<HresultError>();
  #hasFailed = false;
  readonly #listeners: Listeners;
  readonly #options: ServiceOptions;
  readonly #secret = randomBytes(32);
  readonly #shutdown = Promise.withResolvers<void>();
  #identity: ShownIdentity;
  #crossCertificates: readonly Uint8Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  #chores = Promise.resolve();

  constructor(machine: Machine, authority: Authority, listeners: Listeners, options: ServiceOptions) {
    this.#machine = machine;
    this.#authority = authority;
    this.#listeners = listeners;
    this.#options = options;
    this.#identity = this.#identityOf(authority);
  }

  #identityOf(authority: Authority): ShownIdentity {
    const names = serviceNames(authority.serverName, this.#machine.home.machineName, this.#options.names);
    return new ShownIdentity(authority, names, (identity) => this.#show(identity));
  }

  async begin(): Promise<StartedService> {
    const fault = await this.#identity.renew();
    await this.#attempt('The CRL that is due was not published.', () => publishDueCrl(this.#authority));
    this.#listeners.begin(this.#content());
    this.#timer = setInterval(() => this.#next(() => this.#doChores()), CHORES_MS).unref();
    return this.#started(fault);
  }

  #content(): ServiceContent {
    return serviceContent(this.#authority, {
      credentialsDirectory: paths.credentials(this.#machine.home),
      certEnrollDirectory: paths.certEnroll(this.#machine.home),
      secret: this.#secret,
      crossCertificates: () => this.#crossCertificates,
      onShutdown: () => this.#shutdown.resolve(),
      onRestart: () => this.#next(() => this.#restart()),
      onFault: (incident, thrown) => this.#options.onFault(`Incident ${incident}`, thrown),
    });
  }

  #next(work: () => Promise<void>): void {
    this.#chores = this.#chores.then(() => (this.#hasFailed ? undefined : work()));
  }

  /** As a stop and a start of the service, but that callers wait and are not refused. */
  async #restart(): Promise<void> {
    await this.#listeners.hold(GRACE_MS);
    try {
      this.#authority = await restartAuthority(this.#authority, { announce: true });
    } catch (thrown) {
      this.#hasFailed = true;
      await this.#attempt('Why the CA did not start was not recorded.', () =>
        recordStartFailure(this.#authority.ports, thrown),
      );
      this.#options.onFault('The CA did not start again.', thrown);
      const stopped = hresult('ERROR_SERVICE_NOT_ACTIVE', 'The CA did not start again.', { cause: thrown });
      this.#failure.resolve(thrown instanceof HresultError ? thrown : stopped);
      return;
    }
    this.#identity = this.#identityOf(this.#authority);
    await this.#renew();
    this.#listeners.begin(this.#content());
  }

  #started(fault: CertificateFault | undefined): StartedService {
    const { serverName } = this.#authority;
    const { httpsPort, httpPort } = this.#listeners;
    return {
      config: configString(this.#authority),
      url: `https://${serverName}:${httpsPort}`,
      certEnrollUrl:
        httpPort === undefined ? undefined : `http://${serverName}${httpPort === 80 ? '' : `:${httpPort}`}/CertEnroll/`,
      certificateFault: fault,
      shutdownRequest: this.#shutdown.promise,
      ended: Promise.race([this.#machine.databaseEnd, this.#failure.promise]),
      stop: () => this.#stop(),
    };
  }

  async #show(identity: ServiceIdentity): Promise<void> {
    this.#listeners.show(identity);
    this.#crossCertificates = identity.crossCertificates;
    await writeServiceFile(this.#machine.home, {
      pid: process.pid,
      url: `https://${loopback(this.#options.https.host)}:${this.#listeners.httpsPort}`,
      serverName: this.#authority.serverName,
      trust: identity.trust,
      secret: this.#secret.toString('base64url'),
    });
  }

  #renew(): Promise<void> {
    const notRenewed = 'The certificate of the service was not renewed.';
    return this.#attempt(notRenewed, async () => {
      const fault = await this.#identity.renew();
      if (fault) this.#options.onFault(notRenewed, fault.error);
    });
  }

  async #doChores(): Promise<void> {
    await this.#renew();
    await this.#attempt('The CRL that is due was not published.', () => publishDueCrl(this.#authority));
  }

  /** What fails is told, and tried again the next time: the service goes on. */
  async #attempt(failure: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#options.onFault(failure, thrown);
    }
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#chores;
    // Commands begun from now on open the database themselves, and wait for it.
    await removeServiceFile(this.#machine.home);
    await this.#listeners.close(GRACE_MS);
    try {
      if (this.#hasFailed) await this.#authority.ports.database.close();
      else await stopAuthority(this.#authority, { announce: true });
    } finally {
      await this.#machine.close();
    }
  }
}

/** Where a command of this machine reaches the service. */
function loopback(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
