/** An interface of the service as an object of that interface: each call goes over the network. */
import type { CertificationAuthority } from '#ca/api';
import type { Directory } from '#ca/ports';
import { AUTHORITY_METHODS } from '../authority-methods.ts';
import { DIRECTORY_METHODS } from '../directory-methods.ts';
import type { KnownAuthority } from '../known-authority.ts';
import type { AnyTable, Calls, MethodTable } from '../method-table.ts';
import { remoteDirectoryFault } from './remote-directory-fault.ts';
import type { ServiceClient } from './service-client.ts';

/** `api` is its place in the path. */
export function remoteCalls<Api>(client: ServiceClient, api: string, table: MethodTable<Api>): Calls<Api> {
  const calls = Object.entries(table as AnyTable).map(([method, { kind }]) => [
    method,
    kind === 'call'
      ? (...values: readonly unknown[]) => client.call(`${api}/${method}`, values)
      : (...values: readonly unknown[]) => client.stream(`${api}/${method}`, values),
  ]);
  return Object.fromEntries(calls) as Calls<Api>;
}

export function remoteAuthority(client: ServiceClient, config: string): CertificationAuthority {
  return {
    config,
    ...remoteCalls<CertificationAuthority>(client, 'authority', AUTHORITY_METHODS),
    close: async () => client.close(),
  };
}

/** Reads only: people and templates are changed on the machine of the directory. */
export function remoteDirectory(
  client: ServiceClient,
  { domain, configurationDN }: Pick<KnownAuthority, 'domain' | 'configurationDN'>,
): Directory {
  const refuse = () => Promise.reject(remoteDirectoryFault());
  return {
    domain,
    configurationDN,
    ...remoteCalls(client, 'directory', DIRECTORY_METHODS),
    put: refuse,
    addValues: refuse,
    remove: refuse,
  };
}
