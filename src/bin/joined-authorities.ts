/** The CAs of other machines that this home has joined, the default one first. */
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { makePrivateDirectory } from '#files/durable-file';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import { hresult } from '#hresult/hresult-error';
import { decodePem, encodePem } from '#pki/asn1/pem';
import { nodeEngine } from '#pki/crypto/node/engine';
import { ServiceClient } from '#wire/client/service-client';
import type { KnownAuthority } from '#wire/known-authority';
import { type Home, paths } from './home.ts';
import { provedCertificates } from './proved-certificates.ts';

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
 * A CA that was renewed has certificates that this machine did not join. Its service names them all; trusted is one whose key
 * is trusted already, or that a trusted key vouches for: who merely has the service's own key cannot add a root. Answers the
 * CA with what it is trusted by now.
 */
export async function learnCertificates(home: Home, joined: JoinedAuthority): Promise<JoinedAuthority> {
  const client = new ServiceClient({ url: joined.url, trust: [joined.trust] });
  try {
    const { certificates, crossCertificates } = await client.known();
    const known = decodePem(joined.trust).map(({ bytes }) => bytes);
    const trusted = await provedCertificates(known, certificates, crossCertificates, nodeEngine);
    if (trusted.length === known.length) return joined;
    const stores = openCertificateStores({ directory: paths.machineStores(home) });
    for (const certificate of trusted.slice(known.length))
      for (const store of ['Root', 'CA']) await stores.open(store).add(certificate);
    const trust = trusted.map((der) => encodePem('CERTIFICATE', der, { lineEnding: '\n' })).join('');
    await addJoinedAuthority(home, { ...joined, trust });
    return { ...joined, trust };
  } finally {
    client.close();
  }
}
