/**
 * One row an extension: it alone binds the object identifier to the codec, the rule of criticality and the clause. Tests
 * walk all rows: the one beside it over DER made by hand, one in test/interop over what openssl makes.
 */
import { type DerNode, encodeDer } from '../../asn1/der-writer.ts';
import * as ids from '../../asn1/oid-table.ts';
import { type Extension, findExtension } from '../extension.ts';
import { decodeAuthorityInformationAccess, encodeAuthorityInformationAccess } from './authority-information-access.ts';
import { decodeAuthorityKeyIdentifier, encodeAuthorityKeyIdentifier } from './authority-key-identifier.ts';
import { decodeBasicConstraints, encodeBasicConstraints } from './basic-constraints.ts';
import { decodeCaVersion, encodeCaVersion } from './ca-version.ts';
import { decodeCertificatePolicies, encodeCertificatePolicies } from './certificate-policies.ts';
import { decodeCertificateTemplate, encodeCertificateTemplate } from './certificate-template.ts';
import { decodeCertificateTemplateName, encodeCertificateTemplateName } from './certificate-template-name.ts';
import { decodeCrlDistributionPoints, encodeCrlDistributionPoints } from './crl-distribution-points.ts';
import { decodeCrlNextPublish, encodeCrlNextPublish } from './crl-next-publish.ts';
import { decodeCrlNumber, encodeCrlNumber } from './crl-number.ts';
import { decodeCrossCertDistPoints, encodeCrossCertDistPoints } from './cross-cert-distribution-points.ts';
import { decodeExtendedKeyUsage, encodeExtendedKeyUsage } from './extended-key-usage.ts';
import { decodeInhibitAnyPolicy, encodeInhibitAnyPolicy } from './inhibit-any-policy.ts';
import { decodeIssuingDistributionPoint, encodeIssuingDistributionPoint } from './issuing-distribution-point.ts';
import { decodeKeyUsage, encodeKeyUsage } from './key-usage.ts';
import { decodeNameConstraints, encodeNameConstraints } from './name-constraints.ts';
import { decodeNtdsCaSecurity, encodeNtdsCaSecurity } from './ntds-ca-security.ts';
import { decodeOcspNocheck, encodeOcspNocheck } from './ocsp-nocheck.ts';
import { decodePolicyConstraints, encodePolicyConstraints } from './policy-constraints.ts';
import { decodePolicyMappings, encodePolicyMappings } from './policy-mappings.ts';
import { decodePreviousCaCertHash, encodePreviousCaCertHash } from './previous-ca-cert-hash.ts';
import { decodeReasonCode, encodeReasonCode } from './reason-code.ts';
import { decodeSmimeCapabilities, encodeSmimeCapabilities } from './smime-capabilities.ts';
import { decodeAltName, encodeAltName } from './subject-alt-name.ts';
import { decodeSubjectKeyIdentifier, encodeSubjectKeyIdentifier } from './subject-key-identifier.ts';

/** `may`: the issuer decides; where RFC 5280 says SHOULD, `criticalByDefault` follows it. */
export type CriticalityRule = 'must' | 'must not' | 'may';

export interface ExtensionCodec<T> {
  /** Throws Asn1Error. */
  decode(extnValue: Uint8Array): T;
  encode(value: T): DerNode;
}

export interface ExtensionRow<T> {
  readonly oid: string;
  /** The ASN.1 identifier without its arc, or Microsoft's constant. */
  readonly name: string;
  readonly criticality: CriticalityRule;
  readonly criticalByDefault: boolean;
  readonly codec: ExtensionCodec<T>;
  readonly clause: string;
}

function row<T>(
  oid: string,
  name: string,
  criticality: CriticalityRule | 'should',
  decode: (extnValue: Uint8Array) => T,
  encode: (value: T) => DerNode,
  clause: string,
): ExtensionRow<T> {
  return {
    oid,
    name,
    criticality: criticality === 'should' ? 'may' : criticality,
    criticalByDefault: criticality === 'must' || criticality === 'should',
    codec: { decode, encode },
    clause,
  };
}

// biome-ignore format: one row a line
export const EXTENSIONS = {
  subjectKeyIdentifier: row(ids.id_ce_subjectKeyIdentifier, 'subjectKeyIdentifier', 'must not', decodeSubjectKeyIdentifier, encodeSubjectKeyIdentifier, 'RFC 5280 §4.2.1.2'),
  keyUsage: row(ids.id_ce_keyUsage, 'keyUsage', 'should', decodeKeyUsage, encodeKeyUsage, 'RFC 5280 §4.2.1.3'),
  subjectAltName: row(ids.id_ce_subjectAltName, 'subjectAltName', 'may', decodeAltName, encodeAltName, 'RFC 5280 §4.2.1.6'),
  issuerAltName: row(ids.id_ce_issuerAltName, 'issuerAltName', 'may', decodeAltName, encodeAltName, 'RFC 5280 §4.2.1.7'),
  basicConstraints: row(ids.id_ce_basicConstraints, 'basicConstraints', 'should', decodeBasicConstraints, encodeBasicConstraints, 'RFC 5280 §4.2.1.9'),
  cRLNumber: row(ids.id_ce_cRLNumber, 'cRLNumber', 'must not', decodeCrlNumber, encodeCrlNumber, 'RFC 5280 §5.2.3'),
  reasonCode: row(ids.id_ce_cRLReasons, 'reasonCode', 'must not', decodeReasonCode, encodeReasonCode, 'RFC 5280 §5.3.1'),
  deltaCRLIndicator: row(ids.id_ce_deltaCRLIndicator, 'deltaCRLIndicator', 'must', decodeCrlNumber, encodeCrlNumber, 'RFC 5280 §5.2.4'),
  issuingDistributionPoint: row(ids.id_ce_issuingDistributionPoint, 'issuingDistributionPoint', 'must', decodeIssuingDistributionPoint, encodeIssuingDistributionPoint, 'RFC 5280 §5.2.5'),
  nameConstraints: row(ids.id_ce_nameConstraints, 'nameConstraints', 'must', decodeNameConstraints, encodeNameConstraints, 'RFC 5280 §4.2.1.10'),
  cRLDistributionPoints: row(ids.id_ce_cRLDistributionPoints, 'cRLDistributionPoints', 'may', decodeCrlDistributionPoints, encodeCrlDistributionPoints, 'RFC 5280 §4.2.1.13'),
  certificatePolicies: row(ids.id_ce_certificatePolicies, 'certificatePolicies', 'may', decodeCertificatePolicies, encodeCertificatePolicies, 'RFC 5280 §4.2.1.4'),
  policyMappings: row(ids.id_ce_policyMappings, 'policyMappings', 'should', decodePolicyMappings, encodePolicyMappings, 'RFC 5280 §4.2.1.5'),
  authorityKeyIdentifier: row(ids.id_ce_authorityKeyIdentifier, 'authorityKeyIdentifier', 'must not', decodeAuthorityKeyIdentifier, encodeAuthorityKeyIdentifier, 'RFC 5280 §4.2.1.1'),
  policyConstraints: row(ids.id_ce_policyConstraints, 'policyConstraints', 'must', decodePolicyConstraints, encodePolicyConstraints, 'RFC 5280 §4.2.1.11'),
  extKeyUsage: row(ids.id_ce_extKeyUsage, 'extKeyUsage', 'may', decodeExtendedKeyUsage, encodeExtendedKeyUsage, 'RFC 5280 §4.2.1.12'),
  freshestCRL: row(ids.id_ce_freshestCRL, 'freshestCRL', 'must not', decodeCrlDistributionPoints, encodeCrlDistributionPoints, 'RFC 5280 §4.2.1.15, §5.2.6'),
  inhibitAnyPolicy: row(ids.id_ce_inhibitAnyPolicy, 'inhibitAnyPolicy', 'must', decodeInhibitAnyPolicy, encodeInhibitAnyPolicy, 'RFC 5280 §4.2.1.14'),
  authorityInfoAccess: row(ids.id_pe_authorityInfoAccess, 'authorityInfoAccess', 'must not', decodeAuthorityInformationAccess, encodeAuthorityInformationAccess, 'RFC 5280 §4.2.2.1'),
  subjectInfoAccess: row(ids.id_pe_subjectInfoAccess, 'subjectInfoAccess', 'must not', decodeAuthorityInformationAccess, encodeAuthorityInformationAccess, 'RFC 5280 §4.2.2.2'),
  ocspNocheck: row(ids.id_pkix_ocsp_nocheck, 'ocsp-nocheck', 'may', decodeOcspNocheck, encodeOcspNocheck, 'RFC 6960 §4.2.2.2.1'),
  sMIMECapabilities: row(ids.sMIMECapabilities, 'sMIMECapabilities', 'may', decodeSmimeCapabilities, encodeSmimeCapabilities, 'RFC 4262 §2'),
  // The rows of Microsoft are `may`: pKICriticalExtensions of a template (MS-CRTD) can make any of them critical.
  enrollCertType: row(ids.szOID_ENROLL_CERTTYPE_EXTENSION, 'szOID_ENROLL_CERTTYPE_EXTENSION', 'may', decodeCertificateTemplateName, encodeCertificateTemplateName, 'MS-WCCE 2.2.2.7.7.1'),
  certificateTemplate: row(ids.szOID_CERTIFICATE_TEMPLATE, 'szOID_CERTIFICATE_TEMPLATE', 'may', decodeCertificateTemplate, encodeCertificateTemplate, 'MS-WCCE 2.2.2.7.7.2'),
  applicationPolicies: row(ids.szOID_APPLICATION_CERT_POLICIES, 'szOID_APPLICATION_CERT_POLICIES', 'may', decodeCertificatePolicies, encodeCertificatePolicies, 'MS-WCCE 2.2.2.7.7.3'),
  applicationPolicyMappings: row(ids.szOID_APPLICATION_POLICY_MAPPINGS, 'szOID_APPLICATION_POLICY_MAPPINGS', 'may', decodePolicyMappings, encodePolicyMappings, 'wincrypt.h'),
  applicationPolicyConstraints: row(ids.szOID_APPLICATION_POLICY_CONSTRAINTS, 'szOID_APPLICATION_POLICY_CONSTRAINTS', 'may', decodePolicyConstraints, encodePolicyConstraints, 'wincrypt.h'),
  crossCertDistPoints: row(ids.szOID_CROSS_CERT_DIST_POINTS, 'szOID_CROSS_CERT_DIST_POINTS', 'may', decodeCrossCertDistPoints, encodeCrossCertDistPoints, 'wincrypt.h'),
  ntdsCaSecurity: row(ids.szOID_NTDS_CA_SECURITY_EXT, 'szOID_NTDS_CA_SECURITY_EXT', 'may', decodeNtdsCaSecurity, encodeNtdsCaSecurity, 'MS-WCCE 2.2.2.7.7.4'),
  caVersion: row(ids.szOID_CERTSRV_CA_VERSION, 'szOID_CERTSRV_CA_VERSION', 'may', decodeCaVersion, encodeCaVersion, 'wincrypt.h'),
  previousCaCertHash: row(ids.szOID_CERTSRV_PREVIOUS_CERT_HASH, 'szOID_CERTSRV_PREVIOUS_CERT_HASH', 'may', decodePreviousCaCertHash, encodePreviousCaCertHash, 'wincrypt.h'),
  crlVirtualBase: row(ids.szOID_CRL_VIRTUAL_BASE, 'szOID_CRL_VIRTUAL_BASE', 'may', decodeCrlNumber, encodeCrlNumber, 'wincrypt.h'),
  crlNextPublish: row(ids.szOID_CRL_NEXT_PUBLISH, 'szOID_CRL_NEXT_PUBLISH', 'may', decodeCrlNextPublish, encodeCrlNextPublish, 'wincrypt.h'),
  crlSelfCDP: row(ids.szOID_CRL_SELF_CDP, 'szOID_CRL_SELF_CDP', 'may', decodeCrlDistributionPoints, encodeCrlDistributionPoints, 'wincrypt.h'),
};

const byOid: ReadonlyMap<string, ExtensionRow<unknown>> = new Map(
  Object.values(EXTENSIONS).map((each) => [each.oid, each as ExtensionRow<unknown>]),
);

/** The row of an extension that is known at all. */
export function extensionRow(extnID: string): ExtensionRow<unknown> | undefined {
  return byOid.get(extnID);
}

/** The decoded value of an extension; undefined where the list has none. Throws Asn1Error where it is malformed. */
export function extensionValue<T>(extensions: readonly Extension[], type: ExtensionRow<T>): T | undefined {
  const extension = findExtension(extensions, type.oid);
  return extension && type.codec.decode(extension.extnValue);
}

/** An extension of this type; critical as its row says unless told otherwise. */
export function encodeExtension<T>(type: ExtensionRow<T>, value: T, critical = type.criticalByDefault): Extension {
  return { extnID: type.oid, critical, extnValue: encodeDer(type.codec.encode(value)) };
}
