/** Chains as the CA itself sees them: roots and intermediates of the machine's stores, CRLs of its database and of the CDP. */
import { HresultError } from '#hresult/hresult-error';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { type CertificateList, decodeCertificateList } from '#pki/x509/certificate-list';
import { distributionPointUrls } from '#pki/x509/extensions/crl-distribution-points';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { isSameName } from '#pki/x509/name';
import { firstPathError, type PathResult } from '#pki/x509/path/path-result';
import type { RevocationSource } from '#pki/x509/path/revocation-source';
import { validatePath } from '#pki/x509/path/validate-path';
import type { CaCertificate } from '../ca-certificate.ts';
import { newestCrl } from '../crl/newest-crl.ts';
import type { AuthorityPorts, CaDatabase, Retriever } from '../ports.ts';

/** Whose stores and CRLs a chain is judged by: a CA that runs, or one at rest. */
export interface ChainOwner {
  readonly ports: Pick<AuthorityPorts, 'clock' | 'engine' | 'stores' | 'retriever'> & {
    readonly database: Pick<CaDatabase, 'view'>;
  };
  readonly certificates: readonly Pick<CaCertificate, 'certificate' | 'keyIndex'>[];
}

/** Throws what is wrong with the chain: the error nearest the certificate. */
export async function validateChain(authority: ChainOwner, certificate: Certificate): Promise<void> {
  const result = await chainResult(authority, certificate);
  if (!result.ok) throw firstPathError(result);
}

export async function chainResult({ ports, certificates }: ChainOwner, certificate: Certificate): Promise<PathResult> {
  const { clock, engine, stores } = ports;
  const decode = async (store: 'Root' | 'CA') =>
    (await stores.list(store)).map((entry) => decodeCertificate(entry.certificate));
  const [roots, intermediates] = await Promise.all([decode('Root'), decode('CA')]);
  return validatePath({
    certificate,
    candidates: [...intermediates, ...certificates.map((own) => own.certificate)],
    trustAnchors: roots,
    time: clock.now(),
    engine,
    revocation: revocationSource({ ports, certificates }),
  });
}

/** What this CA signed, it knows itself; for others the certificate says where to look. */
function revocationSource({ ports, certificates }: ChainOwner): RevocationSource {
  return {
    async certificateLists(certificate, issuer) {
      const isOwn = certificates.some((own) =>
        isSameName(own.certificate.tbsCertificate.subject, issuer.tbsCertificate.subject),
      );
      const lists = isOwn ? await ownCertificateLists({ ports, certificates }) : [];
      if (lists.length > 0) return lists;
      const points = extensionValue(certificate.tbsCertificate.extensions, EXTENSIONS.cRLDistributionPoints) ?? [];
      for (const url of distributionPointUrls(points)) {
        const crl = await retrieveCrl(ports.retriever, url);
        if (crl) return [crl];
      }
      return [];
    },
  };
}

/** A place that cannot be asked, or answers with something else, is passed over for the next. */
async function retrieveCrl(retriever: Retriever, url: string): Promise<CertificateList | undefined> {
  try {
    const crl = await retriever.retrieve(url);
    return crl && decodeCertificateList(crl);
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}

/** The newest of each key. */
async function ownCertificateLists({ ports: { database }, certificates }: ChainOwner): Promise<CertificateList[]> {
  const lists: CertificateList[] = [];
  for (const keyIndex of new Set(certificates.map((own) => own.keyIndex))) {
    const newest = await newestCrl(database, keyIndex);
    if (newest) lists.push(decodeCertificateList(newest.raw));
  }
  return lists;
}
