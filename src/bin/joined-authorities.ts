/** The CAs of other machines that this home has joined, the default one first. */
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { makePrivateDirectory } from '#files/durable-file';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { decodePem, encodePem } from '#pki/asn1/pem';
import { ServiceClient } from '#wire/client/service-client';
import type { KnownAuthority } from '#wire/known-authority';
import { type Home, paths } from './home.ts';

export interface JoinedAuthority extends Pick<KnownAuthority, 'config' | 'domain' | 'configurationDN'> {
  readonly url: string;
  /** PEM: the CA certificate that was trusted when it was joined, then those that renewed it. */
  readonly trust: string;
}

/** None where the home has joined nothing. */
export async function readJoinedAuthorities(home: Home): Promise<readonly JoinedAuthority[]> {
  const file = paths.joined(home);
  return (await readJsonFile<JoinedAuthority[]>(file, `remove ${file}, and join anew: certhaven join`)) ?? [];
}

/** One of the same name is replaced in its place: the default stays the default. */
export async function addJoinedAuthority(home: Home, added: JoinedAuthority): Promise<void> {
  const known = await readJoinedAuthorities(home);
  const joined = known.some(({ config }) => config === added.config)
    ? known.map((each) => (each.config === added.config ? added : each))
    : [...known, added];
  await makePrivateDirectory(home.directory);
  await writeJsonFile(paths.joined(home), joined);
}

/** The CA at a URL, believed by nobody yet, and its newest certificate. */
export async function lookAtAuthority(
  url: string,
): Promise<{ readonly known: KnownAuthority; readonly certificate: Uint8Array }> {
  const client = new ServiceClient({ url, trust: undefined });
  try {
    const known = await client.known();
    const certificate = known.certificates[0];
    if (certificate === undefined) throw hresult('RPC_S_CALL_FAILED', 'The service names no certificate of its CA.');
    return { known, certificate };
  } finally {
    client.close();
  }
}

/** What the same service says once its own certificate has to lead to `certificate`. Throws CERT_E_UNTRUSTEDROOT. */
export async function verifyAuthority(url: string, certificate: Uint8Array): Promise<JoinedAuthority> {
  const trust = encodePem('CERTIFICATE', certificate, { lineEnding: '\n' });
  const client = new ServiceClient({ url, trust: [trust] });
  try {
    const { config, domain, configurationDN } = await client.known();
    return { url, trust, config, domain, configurationDN };
  } finally {
    client.close();
  }
}

export function trustedCertificate({ trust }: JoinedAuthority): Uint8Array {
  return decodePem(trust)[0]!.bytes;
}

/**
 * A CA that was renewed has certificates that this machine did not join. Its service, which the ones that were joined vouch
 * for, names them all.
 */
export async function learnCertificates(home: Home, joined: JoinedAuthority): Promise<void> {
  const client = new ServiceClient({ url: joined.url, trust: [joined.trust] });
  try {
    const { certificates } = await client.known();
    const trusted = decodePem(joined.trust).map(({ bytes }) => bytes);
    const added = certificates.filter((certificate) => !trusted.some((known) => isSameBytes(known, certificate)));
    if (added.length === 0) return;
    const stores = openCertificateStores({ directory: paths.machineStores(home) });
    for (const certificate of added) for (const store of ['Root', 'CA']) await stores.open(store).add(certificate);
    const trust = [...trusted, ...added].map((der) => encodePem('CERTIFICATE', der, { lineEnding: '\n' })).join('');
    await addJoinedAuthority(home, { ...joined, trust });
  } finally {
    client.close();
  }
}
