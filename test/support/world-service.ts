/** The authority of a world behind its HTTPS service, on a port of this machine. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CertificationAuthority } from '#ca/api';
import { configString } from '#ca/authority';
import { remoteAuthority } from '#wire/client/remote-calls';
import { ServiceClient } from '#wire/client/service-client';
import { close, createHttpsListener, listen, secureContextOf } from '#wire/server/listener';
import { localCredentials } from '#wire/server/local-scheme';
import { handleRequest, type ServiceContent } from '#wire/server/request-handler';
import { serviceContent } from '../../src/bin/service-content.ts';
import { serviceIdentity, serviceNames } from '../../src/bin/tls-identity.ts';
import type { AuthorityWorld } from './authority-world.ts';

export interface WorldService {
  readonly url: string;
  /** PEM. */
  readonly trust: readonly string[];
  readonly content: ServiceContent;
  /** What was told of faults of the service's own. */
  readonly faults: unknown[];
  /** How often it was asked to stop; it goes on. */
  shutdowns: number;
  client(authorization?: string): ServiceClient;
  /** As a command on the same machine signs in. */
  as(accountName: string): CertificationAuthority;
  close(): Promise<void>;
}

export async function serveWorld(world: AuthorityWorld): Promise<WorldService> {
  const { authority } = world;
  const secret = randomBytes(32);
  const faults: unknown[] = [];
  const content = serviceContent(authority, {
    credentialsDirectory: join(world.folder, 'sign-in'),
    certEnrollDirectory: join(world.folder, 'CertEnroll'),
    secret,
    crossCertificates: () => identity.crossCertificates,
    onShutdown: () => {
      service.shutdowns++;
    },
    // Worlds start their CA again themselves.
    onRestart: () => undefined,
    onFault: (_incident, thrown) => {
      faults.push(thrown);
    },
  });
  // TLS clients look at the clock of this machine, not at the world's.
  const worldTime = world.now;
  world.now = new Date();
  const identity = await serviceIdentity(authority, serviceNames(authority.serverName, 'localhost', []));
  world.now = worldTime;
  const listener = createHttpsListener((request, response) => void handleRequest(content, request, response));
  listener.setSecureContext(secureContextOf(identity));
  const url = `https://127.0.0.1:${await listen(listener, { host: '127.0.0.1', port: 0 })}`;
  const clients: ServiceClient[] = [];
  const client = (authorization?: string) => {
    const made = new ServiceClient({
      url,
      trust: identity.trust,
      ...(authorization === undefined ? {} : { authorization }),
    });
    clients.push(made);
    return made;
  };
  const service: WorldService = {
    shutdowns: 0,
    url,
    trust: identity.trust,
    content,
    faults,
    client,
    as: (accountName) =>
      remoteAuthority(client(`Local ${localCredentials(secret, accountName)}`), configString(authority)),
    close: async () => {
      for (const each of clients) each.close();
      await close(listener, 0);
    },
  };
  return service;
}
