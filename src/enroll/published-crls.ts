import { HresultError } from '#hresult/hresult-error';
import { id_ce_cRLDistributionPoints } from '#pki/asn1/oid-table';
import { decodePemOrDer } from '#pki/asn1/pem';
import { type CertificateList, decodeCertificateList } from '#pki/x509/certificate-list';
import { findExtension } from '#pki/x509/extension';
import { decodeCrlDistributionPoints, distributionPointUrls } from '#pki/x509/extensions/crl-distribution-points';
import type { RevocationSource } from '#pki/x509/path/revocation-source';
import type { EnrollmentStores, Retriever } from './ports.ts';

/** The CRLs at a certificate's distribution points, the first that answers, and those of the CA store. */
export function publishedCrls(retriever: Retriever, stores: EnrollmentStores): RevocationSource {
  return {
    async certificateLists(certificate) {
      const points = findExtension(certificate.tbsCertificate.extensions, id_ce_cRLDistributionPoints);
      const urls = points ? distributionPointUrls(decodeCrlDistributionPoints(points.extnValue)) : [];
      const kept = (await stores.open('CA').listCrls()).map(({ crl }) => crl);
      for (const url of urls) {
        const fetched = await retrieveCrl(url, retriever);
        if (fetched) return [fetched, ...kept];
      }
      return kept;
    },
  };
}

/** What is no CRL, or does not come, is as good as none: the next place may have one. */
async function retrieveCrl(url: string, retriever: Retriever): Promise<CertificateList | undefined> {
  try {
    const bytes = await retriever.retrieve(url);
    return bytes && decodeCertificateList(decodePemOrDer(bytes));
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}
