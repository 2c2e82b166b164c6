/** RFC 5280 §6.3 with complete CRLs of the issuer itself and their deltas; indirect and partial CRLs are passed over. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { id_kp_OCSPSigning } from '../../asn1/oid-table.ts';
import type { CryptoEngine } from '../../crypto/engine.ts';
import type { Certificate } from '../certificate.ts';
import { type CertificateList, isCertificateListSignedBy, type TBSCertList } from '../certificate-list.ts';
import { findExtension } from '../extension.ts';
import { distributionPointUrls } from '../extensions/crl-distribution-points.ts';
import { EXTENSIONS, extensionValue } from '../extensions/extension-table.ts';
import { KEY_USAGE } from '../extensions/key-usage.ts';
import { CRL_REASON } from '../extensions/reason-code.ts';
import { isSameName } from '../name.ts';
import { orUndefined } from '../readable-extension.ts';
import { orFalse } from '../signed.ts';
import type { RevocationSource } from './revocation-source.ts';

export interface RevocationCheck {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly source: RevocationSource;
  readonly time: Date;
  readonly engine: CryptoEngine;
}

/** CRYPT_E_REVOKED, CRYPT_E_REVOCATION_OFFLINE where no usable CRL is to be had, or undefined. */
export async function checkRevocation(check: RevocationCheck): Promise<HresultError | undefined> {
  if (isExempt(check.certificate)) return undefined;
  const lists = await certificateLists(check);
  const usable: TBSCertList[] = [];
  for (const list of lists) {
    // Malformed extensions make a CRL unusable, not the certificate bad.
    const applies = orUndefined(() => isApplicable(list.tbsCertList, check)) ?? false;
    const key = check.issuer.tbsCertificate.subjectPublicKeyInfo;
    if (applies && (await orFalse(isCertificateListSignedBy(list, key, check.engine)))) usable.push(list.tbsCertList);
  }
  const base = newest(usable.filter((list) => baseNumber(list) === undefined));
  if (!base) {
    const found = lists.length === 0 ? 'no CRL' : `none of ${lists.length} CRLs usable`;
    return hresult('CRYPT_E_REVOCATION_OFFLINE', `There is ${found} for the certificate.`);
  }
  // RFC 5280 §5.2.4: a delta applies to a base that is not older than the one it names.
  const delta = newest(usable.filter((list) => (baseNumber(list) ?? Infinity) <= (crlNumber(base) ?? -1n)));
  const { serialNumber } = check.certificate.tbsCertificate;
  const isNewer = delta !== undefined && delta.thisUpdate >= base.thisUpdate;
  const entry =
    (isNewer ? delta.revokedCertificates.find(serialNumber) : undefined) ?? base.revokedCertificates.find(serialNumber);
  if (!entry) return undefined;
  const reason = orUndefined(() => extensionValue(entry.crlEntryExtensions, EXTENSIONS.reasonCode));
  if (reason === CRL_REASON.removeFromCRL) return undefined;
  return hresult('CRYPT_E_REVOKED', `Revoked ${entry.revocationDate.toISOString()}, reason ${reason ?? 0}.`);
}

/** RFC 6960 §4.2.2.2.1: a responder's certificate may say that it is not to be checked. */
function isExempt({ tbsCertificate: { extensions } }: Certificate): boolean {
  return (
    findExtension(extensions, EXTENSIONS.ocspNocheck.oid) !== undefined &&
    (extensionValue(extensions, EXTENSIONS.extKeyUsage)?.includes(id_kp_OCSPSigning) ?? false)
  );
}

async function certificateLists({ source, certificate, issuer }: RevocationCheck): Promise<readonly CertificateList[]> {
  try {
    return await source.certificateLists(certificate, issuer);
  } catch (error) {
    if (error instanceof HresultError) return [];
    throw error;
  }
}

/** Everything but the signature. */
function isApplicable(list: TBSCertList, { certificate, issuer, time }: RevocationCheck): boolean {
  const understood = [EXTENSIONS.issuingDistributionPoint.oid, EXTENSIONS.deltaCRLIndicator.oid];
  const usage = extensionValue(issuer.tbsCertificate.extensions, EXTENSIONS.keyUsage);
  return (
    isSameName(list.issuer, certificate.tbsCertificate.issuer) &&
    list.thisUpdate <= time &&
    list.nextUpdate !== undefined &&
    time <= list.nextUpdate &&
    (baseNumber(list) ?? 0n) >= 0n &&
    list.crlExtensions.every(({ extnID, critical }) => !critical || understood.includes(extnID)) &&
    (usage === undefined || (usage & KEY_USAGE.cRLSign) !== 0) &&
    isInScope(list, certificate)
  );
}

/** RFC 5280 §6.3.3 (b)(2). */
function isInScope(list: TBSCertList, { tbsCertificate: { extensions } }: Certificate): boolean {
  const scope = extensionValue(list.crlExtensions, EXTENSIONS.issuingDistributionPoint);
  if (!scope) return true;
  const isCa = extensionValue(extensions, EXTENSIONS.basicConstraints)?.cA ?? false;
  if (scope.indirectCRL || scope.onlyContainsAttributeCerts || scope.onlySomeReasons !== undefined) return false;
  if ((scope.onlyContainsUserCerts && isCa) || (scope.onlyContainsCACerts && !isCa)) return false;
  if (!scope.distributionPoint) return true;
  const points = extensionValue(extensions, EXTENSIONS.cRLDistributionPoints) ?? [];
  const named = distributionPointUrls(points);
  return distributionPointUrls([{ distributionPoint: scope.distributionPoint }]).some((url) => named.includes(url));
}

function crlNumber(list: TBSCertList): bigint | undefined {
  return orUndefined(() => extensionValue(list.crlExtensions, EXTENSIONS.cRLNumber));
}

function baseNumber(list: TBSCertList): bigint | undefined {
  return extensionValue(list.crlExtensions, EXTENSIONS.deltaCRLIndicator);
}

function newest(lists: readonly TBSCertList[]): TBSCertList | undefined {
  return lists.reduce<TBSCertList | undefined>(
    (best, list) => (best && best.thisUpdate >= list.thisUpdate ? best : list),
    undefined,
  );
}
