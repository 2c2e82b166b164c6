/** What follows once a renewal is on record, and what a crash or a fault left of one. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import { signatureScheme } from '#pki/crypto/signature-algorithm';
import {
  assembleCertificate,
  type Certificate,
  decodeCertificate,
  decodeTbsCertificate,
  isSignedBy,
} from '#pki/x509/certificate';
import { type AuditContext, audit } from '../audit/audit.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { OWN_STORES } from '../install/root-certificate.ts';
import type { AuthorityPorts, Signing } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { openKeyOf } from './key-spec.ts';
import { forgetRenewal, type OutstandingRenewal, outstandingRenewal } from './outstanding.ts';

/** REG_DWORD: certificates of the CA are not yet in all the places where clients look for them. Certhaven's own. */
export const UNPUBLISHED = 'CACertUnpublished';

/**
 * Signs what is on record, puts the certificate into the machine's stores and lists it in CACertHash. Throws what key, stores
 * and database throw; the next start then takes it up again.
 */
export async function completeRenewal(
  ports: AuthorityPorts,
  context: AuditContext,
  renewal: OutstandingRenewal,
): Promise<Certificate> {
  const { database, engine, stores } = ports;
  const { requestId, key } = renewal;
  const signing = await signingOf(ports, renewal);
  if (signing === undefined) throw hresult('CRYPT_E_NOT_FOUND', `Nothing is recorded to be signed for ${requestId}.`);
  const certificate = (await storedCertificate(ports, signing)) ?? (await sign(ports, renewal, signing));
  for (const store of OWN_STORES) await stores.add(store, certificate.raw, store === 'My' ? key : undefined);
  const thumbprint = formatHex(await engine.digest('sha1', certificate.raw));
  const hashes = [...(await readConfiguration(database)).strings('CACertHash'), thumbprint];
  await database.commit([
    {
      update: 'Certificates',
      RequestID: requestId,
      set: { RawCertificate: certificate.raw, CertificateHash: thumbprint },
    },
    { delete: 'Signings', RequestID: requestId },
    { update: 'Requests', RequestID: requestId, set: { ResolvedWhen: ports.clock.now() } },
    { set: 'Registry', path: '', name: 'CACertHash', value: { type: 'REG_MULTI_SZ', data: hashes } },
    { set: 'Registry', path: '', name: UNPUBLISHED, value: { type: 'REG_DWORD', data: 1 } },
    ...forgetRenewal(),
    ...audit(context, 'configurationChanged', ['', 'CACertHash', hashes.join('\\n')]),
  ]);
  return certificate;
}

async function signingOf(
  { database }: AuthorityPorts,
  { requestId }: OutstandingRenewal,
): Promise<Signing | undefined> {
  return (await database.signings()).find(({ RequestID }) => RequestID === requestId);
}

/** Signed before a crash: ECDSA and RSASSA-PSS would make another certificate of the same serial number. */
async function storedCertificate(
  { stores }: AuthorityPorts,
  { toBeSigned }: Signing,
): Promise<Certificate | undefined> {
  for (const { certificate } of await stores.list('My')) {
    const decoded = decodeCertificate(certificate);
    if (isSameBytes(decoded.tbsCertificate.raw, toBeSigned)) return decoded;
  }
  return undefined;
}

async function sign(
  { engine, providers }: AuthorityPorts,
  { key: location }: OutstandingRenewal,
  { toBeSigned }: Signing,
): Promise<Certificate> {
  const tbsCertificate = decodeTbsCertificate(toBeSigned);
  const scheme = signatureScheme(tbsCertificate.signature);
  const key = await openKeyOf(providers, location);
  try {
    const certificate = decodeCertificate(assembleCertificate(toBeSigned, scheme, await key.sign(scheme, toBeSigned)));
    if (await isSignedBy(certificate, tbsCertificate.subjectPublicKeyInfo, engine)) return certificate;
  } finally {
    key.close();
  }
  throw hresult('NTE_BAD_KEY', `Container ${location.container} holds another key than the renewed certificate's.`);
}

/** Takes back all of it: the row stays and says so, a key that was made for it goes. Throws what provider and database throw. */
export async function abandonRenewal(
  ports: AuthorityPorts,
  { time }: AuditContext,
  renewal: OutstandingRenewal,
): Promise<void> {
  const { database, providers, stores } = ports;
  const { requestId, key, isNewKey } = renewal;
  const signing = await signingOf(ports, renewal);
  const stored = signing && (await storedCertificate(ports, signing));
  if (stored) for (const store of OWN_STORES) await stores.remove(store, stored.raw);
  if (isNewKey) await unlessGone(providers.byName(key.provider).deleteKey(key.container));
  const set = { Disposition: DB_DISP.ERROR, DispositionMessage: 'The renewal was given up.', ResolvedWhen: time };
  await database.commit([
    ...(signing
      ? ([
          { delete: 'Signings', RequestID: requestId },
          { update: 'Requests', RequestID: requestId, set },
        ] as const)
      : []),
    ...forgetRenewal(),
  ]);
}

async function unlessGone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof HresultError) || error.symbol !== 'NTE_BAD_KEYSET') throw error;
  }
}

/**
 * At a start: a renewal that is on record is brought to its end, one that is not leaves nothing. Where its key is not at
 * hand now, the CA starts with the certificate it has. Answers the configuration as it is then.
 */
export async function finishRenewal(
  ports: AuthorityPorts,
  configuration: Configuration,
  subject: string,
): Promise<Configuration> {
  const renewal = outstandingRenewal(configuration);
  if (renewal === undefined) return configuration;
  const context = { time: ports.clock.now(), subject, configuration };
  try {
    if (await signingOf(ports, renewal)) await completeRenewal(ports, context, renewal);
    else await abandonRenewal(ports, context, renewal);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
  }
  return readConfiguration(ports.database);
}
