/** The key and certificate the service shows: issued by its CA, renewed while it runs. */
import { isIP, isIPv6 } from 'node:net';
import type { Authority } from '#ca/authority';
import { crossCertificates } from '#ca/renew/cross-certificates';
import { caChain } from '#ca/request/outcome';
import { serviceCertificate } from '#ca/service/service-certificate';
import { buildCertificate } from '#enroll/own-certificate';
import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { id_at_commonName } from '#pki/asn1/oid-table';
import { encodePem } from '#pki/asn1/pem';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import type { GeneralName } from '#pki/x509/general-name';
import { encodeName } from '#pki/x509/name';
import type { TlsIdentity } from '#wire/server/listener';

export interface ServiceIdentity extends TlsIdentity {
  /** PEM: what a client has to trust. */
  readonly trust: readonly string[];
  /** DER, of each key of the CA by the one before it. */
  readonly crossCertificates: readonly Uint8Array[];
  /** Clients of other machines refuse it. */
  readonly isSelfSigned: boolean;
  readonly ends: Date;
  /** What kept the CA from issuing the next one. */
  readonly fault: HresultError | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SELF_SIGNED_LIFE_MS = 7 * DAY_MS;

/** Asked again and again: the same certificate until a new one is needed. */
export async function serviceIdentity(authority: Authority, names: readonly GeneralName[]): Promise<ServiceIdentity> {
  const clientAuthorities = authority.certificates.map(({ certificate }) => encodePem('CERTIFICATE', certificate.raw));
  const crossed = await crossedKeys(authority);
  try {
    const { certificate, issuer, key, fault } = await serviceCertificate(authority, names);
    try {
      return {
        key: keyPem(await key.exportPkcs8()),
        cert: [certificate.raw, ...chainTo(authority, issuer, crossed)]
          .map((raw) => encodePem('CERTIFICATE', raw))
          .join(''),
        clientAuthorities,
        trust: clientAuthorities,
        crossCertificates: crossed,
        isSelfSigned: false,
        ends: certificate.tbsCertificate.validity.notAfter,
        fault,
      };
    } finally {
      key.close();
    }
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return {
      ...(await selfSigned(authority, names)),
      clientAuthorities,
      crossCertificates: crossed,
      isSelfSigned: true,
      fault: error,
    };
  }
}

async function crossedKeys(authority: Authority): Promise<readonly Uint8Array[]> {
  try {
    return (await crossCertificates(authority)).map(({ raw }) => raw);
  } catch (error) {
    // The service goes on without: who has learnt of the new root needs none.
    if (error instanceof HresultError) return [];
    throw error;
  }
}

/**
 * What a client needs to get from the service's certificate to a root that it trusts. Behind cross-certificates the root is
 * left out: a client that is shown both takes the root, which it may not trust, and looks no further.
 */
function chainTo(authority: Authority, issuer: Certificate, crossed: readonly Uint8Array[]): readonly Uint8Array[] {
  const isToday = isSameBytes(issuer.raw, authority.current.certificate.raw);
  return isToday && crossed.length > 0 ? crossed : caChain({ current: { certificate: issuer } });
}

async function selfSigned(
  { ports, serverName }: Authority,
  names: readonly GeneralName[],
): Promise<Pick<ServiceIdentity, 'key' | 'cert' | 'trust' | 'ends'>> {
  const { clock, engine } = ports;
  const pkcs8 = await engine.generateKey({ type: 'ec', curve: 'P-256' });
  const signer = await engine.importPrivateKey(pkcs8);
  const now = clock.now().getTime();
  const ends = new Date(now + SELF_SIGNED_LIFE_MS);
  const certificate = await buildCertificate({
    subject: encodeName([[{ type: id_at_commonName, value: serverName }]], { forceUTF8: true }),
    validity: { notBefore: new Date(now - DAY_MS), notAfter: ends },
    extensions: [encodeExtension(EXTENSIONS.subjectAltName, names)],
    signer,
    scheme: { name: 'ecdsa', digest: 'sha256' },
    engine,
  });
  signer.destroy();
  const cert = encodePem('CERTIFICATE', certificate);
  return { key: keyPem(pkcs8), cert, trust: [cert], ends };
}

/** The array is wiped; Node's TLS takes text, of which copies stay in this process for as long as it serves. */
function keyPem(pkcs8: Uint8Array): string {
  try {
    return encodePem('PRIVATE KEY', pkcs8);
  } finally {
    pkcs8.fill(0);
  }
}

/** What clients may call the service by: the CA's machine, as this home calls it, the loopback, and what its administrator adds. */
export function serviceNames(serverName: string, machineName: string, more: readonly string[]): GeneralName[] {
  const names = [serverName, machineName, 'localhost', '127.0.0.1', '::1', ...more];
  return [...new Set(names.map((name) => name.toLowerCase()))].map((name) =>
    isIP(name) ? { type: 'iPAddress', value: addressBytes(name) } : { type: 'dNSName', value: name },
  );
}

/** RFC 5280 §4.2.1.6: four octets or sixteen. */
function addressBytes(address: string): Uint8Array {
  if (!isIPv6(address)) return Uint8Array.from(address.split('.'), Number);
  // A URL writes an address with four octets at its end in groups as well.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = groups(tail ?? '');
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
