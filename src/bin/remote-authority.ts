/** The CA behind a service, as the commands of a home use it. */
import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import { sanitizeName } from '#ca/config/sanitized-name';
import type { Retriever } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { remoteAuthority } from '#wire/client/remote-calls';
import type { ServiceClient } from '#wire/client/service-client';
import { CERT_ENROLL } from '#wire/paths';

/** The CA of the service in this home. Throws RPC_S_SERVER_UNAVAILABLE where -config names another. */
export async function runningAuthority(
  client: ServiceClient,
  config: string | undefined,
): Promise<CertificationAuthority> {
  const known = await client.known();
  requireOwn(config, known.config);
  return remoteAuthority(client, known.config);
}

export function remoteConfiguration(authority: CertificationAuthority): CaConfiguration {
  const commonName = authority.config.slice(authority.config.indexOf('\\') + 1);
  return { sanitizedName: sanitizeName(commonName), ...authority };
}

/**
 * Fetches what a CA's certificates point to from its service, wherever the name in them would lead: `HOST` of `HOST\CA` need
 * not be a name that this network knows, nor port 80 the one that is served. Whatever else is named is fetched from there.
 */
export function retrieverThroughService(
  retriever: Retriever,
  serverName: string,
  connect: () => Promise<ServiceClient | undefined>,
): Retriever {
  return {
    async retrieve(url) {
      const path = servedPath(url, serverName);
      const client = path === undefined ? undefined : await connect();
      if (path === undefined || client === undefined) return retriever.retrieve(url);
      try {
        return await client.file(path);
      } finally {
        client.close();
      }
    },
  };
}

function servedPath(url: string, serverName: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, pathname } = new URL(url);
  const isServed = protocol === 'http:' && hostname === serverName.toLowerCase() && pathname.startsWith(CERT_ENROLL);
  return isServed ? pathname : undefined;
}

/** Throws RPC_S_SERVER_UNAVAILABLE where -config names another CA than `own`. */
export function requireOwn(config: string | undefined, own: string): void {
  if (config === undefined || config === '-' || config.toLowerCase() === own.toLowerCase()) return;
  throw hresult('RPC_S_SERVER_UNAVAILABLE', `${config} is not on this machine; ${own} is.`, {
    hint: `work on the machine of that CA, or leave -config out for ${own}`,
  });
}
