/**
 * The certificate the CA's own service shows to TLS clients. The CA issues it to itself, as it does its exchange certificate:
 * the templates for servers may be taken off the list, and a stand-alone CA lets every request wait for a manager, while the
 * service must be able to renew it at night. It is recorded and audited like any other; it names the machine and nothing else.
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import { id_at_commonName, id_kp_serverAuth } from '#pki/asn1/oid-table';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { type Certificate, decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import type { GeneralName } from '#pki/x509/general-name';
import { encodeName } from '#pki/x509/name';
import { type Authority, configString } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import type { CertificatePlan } from '../issue/certificate-plan.ts';
import { findIssued } from '../issue/find-issued.ts';
import { issueToItself } from '../issue/issue-to-itself.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import type { KeyLocation } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';

export interface ServiceCertificate {
  readonly certificate: Certificate;
  /** The certificate of the CA that it leads to. */
  readonly issuer: Certificate;
  readonly key: ProviderKey;
  /** What kept the CA from issuing the next one, although the end of this is near. */
  readonly fault: HresultError | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Short, because nobody has to think of renewing it. */
const LIFE_MS = 90 * DAY_MS;
/** A service that cannot issue for a month still has one. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
const PROVIDER = 'Microsoft Software Key Storage Provider';
/** X.520 ub-common-name. */
const LONGEST_COMMON_NAME = 64;

/**
 * The one in use, or a new one where there is none, its end is near, it was revoked, or it lacks one of the names. Where none
 * can be issued, the one in use stays for as long as it lasts; so does one that an earlier key of the CA signed: clients that
 * trust that key learn of the new one meanwhile. `names` are the DNS names and addresses that clients call the service by. The
 * key is P-256, in the machine's key set, exportable: TLS needs it in this process. Throws NTE_BAD_ALGID where the CA signs with
 * a hash that no TLS client takes any more, and what issuing throws; then nothing is left behind.
 */
export async function serviceCertificate(
  authority: Authority,
  names: readonly GeneralName[],
): Promise<ServiceCertificate> {
  const used = await findUsable(authority, names);
  const due = Math.min(authority.ports.clock.now().getTime() + RENEW_BEFORE_MS, latestEnd(authority).getTime());
  if (used && used.certificate.tbsCertificate.validity.notAfter.getTime() >= due) return { ...used, fault: undefined };
  try {
    const issued = await issueServiceCertificate(authority, names);
    used?.key.close();
    return { ...issued, fault: undefined };
  } catch (error) {
    if (used && error instanceof HresultError) return { ...used, fault: error };
    used?.key.close();
    throw error;
  }
}

type Usable = Omit<ServiceCertificate, 'fault'>;

/** The one that lasts longest. */
async function findUsable(authority: Authority, names: readonly GeneralName[]): Promise<Usable | undefined> {
  const { clock, providers, stores } = authority.ports;
  const now = clock.now();
  let longest:
    | { readonly certificate: Certificate; readonly issuer: Certificate; readonly key: KeyLocation }
    | undefined;
  for (const { certificate: raw, key } of await stores.list('My')) {
    if (key === undefined) continue;
    const certificate = decodeCertificate(raw);
    const { extensions, validity } = certificate.tbsCertificate;
    if (!isServerAuthentication(certificate) || validity.notBefore > now || validity.notAfter <= now) continue;
    if (longest && longest.certificate.tbsCertificate.validity.notAfter >= validity.notAfter) continue;
    const alternatives = extensionValue(extensions, EXTENSIONS.subjectAltName) ?? [];
    if (!names.every((name) => alternatives.some((held) => isSameGeneralName(held, name)))) continue;
    const issuer = await issuerOf(authority, certificate);
    if (issuer === undefined || !(await isOwn(authority, certificate))) continue;
    longest = { certificate, issuer, key };
  }
  if (longest === undefined) return undefined;
  const { provider, container, keySpec } = longest.key;
  try {
    return { ...longest, key: await providers.byName(provider).openKey(container, keySpec) };
  } catch (error) {
    // Without its key it is of no use; a new one has a key of its own.
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}

/** The newest certificate of the CA whose key signed it and that has not ended. */
async function issuerOf(
  { certificates, ports: { clock, engine } }: Authority,
  certificate: Certificate,
): Promise<Certificate | undefined> {
  const now = clock.now();
  for (const { certificate: issuer } of certificates.toReversed()) {
    const { subjectPublicKeyInfo, validity } = issuer.tbsCertificate;
    if (validity.notAfter >= now && (await isSignedBy(certificate, subjectPublicKeyInfo, engine))) return issuer;
  }
  return undefined;
}

/** Issued by this CA to itself, and not revoked since. */
async function isOwn(authority: Authority, certificate: Certificate): Promise<boolean> {
  const issued = await findIssued(authority.ports.database, certificate);
  return issued?.disposition === DB_DISP.ISSUED && issued.requesterName === configString(authority);
}

async function issueServiceCertificate(authority: Authority, names: readonly GeneralName[]): Promise<Usable> {
  const { digest } = authority.current.scheme;
  if (digest === 'sha1' || digest === 'md5') {
    throw hresult('NTE_BAD_ALGID', `The CA signs with ${digest.toUpperCase()}, which TLS clients refuse.`, {
      hint: 'certutil -setreg CA\\CSP\\CNGHashAlgorithm SHA256 and start the service again',
    });
  }
  const { database, engine, providers, stores } = authority.ports;
  const configuration = await readConfiguration(database);
  const provider = providers.byName(PROVIDER);
  const key = await provider.createKey({
    container: `${authority.sanitizedName}-Service(${formatHex(engine.random(8))})`,
    algorithm: { type: 'ec', curve: 'P-256' },
    keySpec: 0,
    policy: { exportable: true, archivable: false },
  });
  try {
    const plan = await planServiceCertificate(authority, names, key.publicKey);
    const certificate = await issueToItself(authority, plan, {
      requestId: await database.nextRequestId(),
      configuration,
      requestFlags: 0,
      caller: configString(authority),
    });
    await stores.add('My', certificate.raw, { provider: provider.name, container: key.container, keySpec: 0 });
    return { certificate, issuer: authority.current.certificate, key };
  } catch (error) {
    key.close();
    await provider.deleteKey(key.container);
    throw error;
  }
}

async function planServiceCertificate(
  authority: Authority,
  names: readonly GeneralName[],
  publicKey: Uint8Array,
): Promise<CertificatePlan> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  const now = clock.now();
  const { serverName } = authority;
  const commonName = serverName.length <= LONGEST_COMMON_NAME ? serverName : serverName.split('.')[0]!;
  const end = Math.min(now.getTime() + LIFE_MS, latestEnd(authority).getTime());
  return {
    subject: encodeName([[{ type: id_at_commonName, value: commonName }]], { forceUTF8: true }),
    subjectPublicKeyInfo: publicKey,
    validity: { notBefore: backdated(now, configuration), notAfter: wholeSeconds(new Date(end)) },
    extensions: [
      plannedExtension(EXTENSIONS.keyUsage, KEY_USAGE.digitalSignature),
      plannedExtension(EXTENSIONS.extKeyUsage, [id_kp_serverAuth]),
      plannedExtension(EXTENSIONS.subjectAltName, names),
      ...(await authorityExtensions(authority, configuration, publicKey)),
    ],
    template: undefined,
    upn: undefined,
  };
}

/** Nothing outlives the CA's certificate. */
function latestEnd({ current }: Authority): Date {
  return current.certificate.tbsCertificate.validity.notAfter;
}

function isServerAuthentication({ tbsCertificate }: Certificate): boolean {
  return (extensionValue(tbsCertificate.extensions, EXTENSIONS.extKeyUsage) ?? []).includes(id_kp_serverAuth);
}

function isSameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.type === 'dNSName' && b.type === 'dNSName') return a.value.toLowerCase() === b.value.toLowerCase();
  return a.type === 'iPAddress' && b.type === 'iPAddress' && isSameBytes(a.value, b.value);
}
