/** CertId, the token by which certutil's store verbs name certificates. */
import { isOid } from '#pki/asn1/object-identifier';
import {
  emailAddress,
  id_at_commonName,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  szOID_APPLICATION_CERT_POLICIES,
  szOID_CERTIFICATE_TEMPLATE,
  szOID_ENROLL_CERTTYPE_EXTENSION,
} from '#pki/asn1/oid-table';
import type { Certificate } from '#pki/x509/certificate';
import { decodeCertificatePolicies } from '#pki/x509/extensions/certificate-policies';
import { decodeCertificateTemplate } from '#pki/x509/extensions/certificate-template';
import { decodeCertificateTemplateName } from '#pki/x509/extensions/certificate-template-name';
import { decodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { decodeAltName } from '#pki/x509/extensions/subject-alt-name';
import { findUserPrincipalName } from '#pki/x509/general-name';
import { commonName, type Name } from '#pki/x509/name';
import { orUndefined, readableExtension } from '#pki/x509/readable-extension';
import { formatSerial } from '#pki/x509/serial-number';
import type { CrlEntry, CtlEntry, StoreEntry } from './ports/certificate-store.ts';
import { sha1 } from './sha1.ts';

/**
 * Entries of one store that the token stands for: a number without leading zeros is a place where there is such a place;
 * anything else is compared with serial number, hashes, identifiers and names. Names must be the same, but for case:
 * the least surprising rule for a verb that may delete what it finds.
 */
export function findByCertId(entries: readonly StoreEntry[], certId: string): StoreEntry[] {
  const token = certId.trim();
  const place = placeOf(token, entries);
  return place ? [place] : entries.filter((entry) => isNamedBy(entry, token));
}

/** `.0` is the place of a CRL; else its SHA-1 or its issuer's common name. */
export function findCrlsByToken(entries: readonly CrlEntry[], crlId: string): CrlEntry[] {
  const token = crlId.trim();
  const place = token.startsWith('.') ? placeOf(token.slice(1), entries) : undefined;
  if (place) return [place];
  const hex = hexOf(token);
  return entries.filter(
    (entry) => entry.thumbprint === hex || isSameText(commonName(entry.crl.tbsCertList.issuer), token),
  );
}

/** `..0` is the place of a CTL; else its SHA-1. */
export function findCtlsByToken(entries: readonly CtlEntry[], ctlId: string): CtlEntry[] {
  const token = ctlId.trim();
  const place = token.startsWith('..') ? placeOf(token.slice(2), entries) : undefined;
  if (place) return [place];
  const hex = hexOf(token);
  return entries.filter(({ thumbprint }) => thumbprint === hex);
}

function placeOf<Entry>(token: string, entries: readonly Entry[]): Entry | undefined {
  return /^(?:0|[1-9][0-9]{0,5})$/.test(token) ? entries[Number(token)] : undefined;
}

function isNamedBy(entry: StoreEntry, token: string): boolean {
  if (token === '') return false;
  if (isOid(token)) return identifiersOf(entry.certificate).includes(token);
  const hex = hexOf(token);
  if (hex !== undefined && isHashOrSerial(entry, hex)) return true;
  return namesOf(entry).some((name) => isSameText(name, token));
}

function hexOf(token: string): string | undefined {
  const digits = token.replace(/\s+/g, '').toLowerCase();
  return /^[0-9a-f]+$/.test(digits) ? digits : undefined;
}

function isHashOrSerial(entry: StoreEntry, hex: string): boolean {
  const { serialNumber, subjectPublicKeyInfo } = entry.certificate.tbsCertificate;
  if (withoutZeros(formatSerial(serialNumber)) === withoutZeros(hex)) return true;
  if (hex.length !== 40) return false;
  return [entry.thumbprint, sha1(subjectPublicKeyInfo.subjectPublicKey), sha1(subjectPublicKeyInfo.raw)].includes(hex);
}

function withoutZeros(hex: string): string {
  return hex.replace(/^0+(?=.)/, '');
}

/** Algorithms, extensions, application policies and template. */
function identifiersOf(certificate: Certificate): string[] {
  const { signatureAlgorithm, tbsCertificate } = certificate;
  const { extensions, subjectPublicKeyInfo } = tbsCertificate;
  return [
    subjectPublicKeyInfo.algorithm.algorithm,
    signatureAlgorithm.algorithm,
    ...extensions.map(({ extnID }) => extnID),
    ...(readableExtension(extensions, id_ce_extKeyUsage, decodeExtendedKeyUsage) ?? []),
    ...(readableExtension(extensions, szOID_APPLICATION_CERT_POLICIES, decodeCertificatePolicies) ?? []).map(
      ({ policyIdentifier }) => policyIdentifier,
    ),
    readableExtension(extensions, szOID_CERTIFICATE_TEMPLATE, decodeCertificateTemplate)?.templateID ?? '',
  ];
}

/** Common names, e-mail, DNS and principal names, template name, container and provider. */
function namesOf(entry: StoreEntry): (string | undefined)[] {
  const { certificate, properties } = entry;
  const { subject, extensions } = certificate.tbsCertificate;
  const alternatives = readableExtension(extensions, id_ce_subjectAltName, decodeAltName) ?? [];
  return [
    ...valuesOf(subject, [id_at_commonName, emailAddress]),
    ...alternatives.map((name) => (name.type === 'rfc822Name' || name.type === 'dNSName' ? name.value : undefined)),
    orUndefined(() => findUserPrincipalName(alternatives)),
    readableExtension(extensions, szOID_ENROLL_CERTTYPE_EXTENSION, decodeCertificateTemplateName),
    properties.keyProvInfo?.container,
    properties.keyProvInfo?.provider,
  ];
}

function valuesOf(name: Name, types: readonly string[]): (string | undefined)[] {
  return name.rdnSequence.flat().map(({ type, value }) => (types.includes(type) ? value : undefined));
}

function isSameText(a: string | undefined, b: string): boolean {
  return a !== undefined && a.toLowerCase() === b.toLowerCase();
}
