/**
 * Every object identifier Certhaven names, and the published constants for those the code itself uses. One file over the
 * usual length because it is one table. Sources: RFC 5280, 5652, 5272, 5480, 7292, 8017 and 8018; NIST CSOR; wincrypt.h
 * as Windows publishes it; Microsoft KB 287547; MS-WCCE 2.2.2.7. Constants are spelt as published, `-` written `_`.
 */

/**
 * What an identifier names, numbered as wincrypt.h numbers its CRYPT_*_OID_GROUP_ID (and `certutil -oid GroupId`):
 * 0 none of them.
 */
export type OidGroup = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface OidRow {
  readonly oid: string;
  /** The published constant; empty for an arc that is only described. */
  readonly name: string;
  /** What certutil prints for it. */
  readonly displayName: string;
  readonly group: OidGroup;
  /** The attribute type in a printed name, as Windows abbreviates it: `CN`, `E`, `S`. */
  readonly shortName?: string;
  /** The name `certutil -asn` prints in its tree. */
  readonly treeName?: string;
  /** A second published constant for the same identifier. */
  readonly alias?: string;
}

type Columns = readonly [
  oid: string,
  name: string,
  displayName: string,
  group?: OidGroup,
  more?: { readonly shortName?: string; readonly treeName?: string; readonly alias?: string },
];

// hash algorithms
export const md5 = '1.2.840.113549.2.5';
export const id_sha1 = '1.3.14.3.2.26';
export const id_sha256 = '2.16.840.1.101.3.4.2.1';
export const id_sha384 = '2.16.840.1.101.3.4.2.2';
export const id_sha512 = '2.16.840.1.101.3.4.2.3';

// encryption and key wrap
export const rc2CBC = '1.2.840.113549.3.2';
export const rc4 = '1.2.840.113549.3.4';
export const des_EDE3_CBC = '1.2.840.113549.3.7';
export const desCBC = '1.3.14.3.2.7';
export const id_aes128_CBC = '2.16.840.1.101.3.4.1.2';
export const id_aes192_CBC = '2.16.840.1.101.3.4.1.22';
export const id_aes256_CBC = '2.16.840.1.101.3.4.1.42';
export const id_aes128_wrap = '2.16.840.1.101.3.4.1.5';
export const id_aes192_wrap = '2.16.840.1.101.3.4.1.25';
export const id_aes256_wrap = '2.16.840.1.101.3.4.1.45';
export const id_alg_CMS3DESwrap = '1.2.840.113549.1.9.16.3.6';
export const id_alg_CMSRC2wrap = '1.2.840.113549.1.9.16.3.7';

// public keys and key agreement
export const rsaEncryption = '1.2.840.113549.1.1.1';
export const id_RSAES_OAEP = '1.2.840.113549.1.1.7';
export const id_mgf1 = '1.2.840.113549.1.1.8';
export const id_pSpecified = '1.2.840.113549.1.1.9';
export const id_dsa = '1.2.840.10040.4.1';
export const id_ecPublicKey = '1.2.840.10045.2.1';
export const id_ecDH = '1.3.132.1.12';
export const secp256r1 = '1.2.840.10045.3.1.7';
export const secp384r1 = '1.3.132.0.34';
export const secp521r1 = '1.3.132.0.35';
export const id_X25519 = '1.3.101.110';
export const id_Ed25519 = '1.3.101.112';
export const id_ml_dsa_44 = '2.16.840.1.101.3.4.3.17';
export const id_ml_dsa_65 = '2.16.840.1.101.3.4.3.18';
export const id_ml_dsa_87 = '2.16.840.1.101.3.4.3.19';
export const id_alg_ml_kem_768 = '2.16.840.1.101.3.4.4.2';
export const dhSinglePass_stdDH_sha1kdf_scheme = '1.3.133.16.840.63.0.2';
export const dhSinglePass_stdDH_sha256kdf_scheme = '1.3.132.1.11.1';
export const dhSinglePass_stdDH_sha384kdf_scheme = '1.3.132.1.11.2';
export const dhSinglePass_stdDH_sha512kdf_scheme = '1.3.132.1.11.3';

// signatures
export const md5WithRSAEncryption = '1.2.840.113549.1.1.4';
export const sha1WithRSAEncryption = '1.2.840.113549.1.1.5';
export const id_RSASSA_PSS = '1.2.840.113549.1.1.10';
export const sha256WithRSAEncryption = '1.2.840.113549.1.1.11';
export const sha384WithRSAEncryption = '1.2.840.113549.1.1.12';
export const sha512WithRSAEncryption = '1.2.840.113549.1.1.13';
export const id_dsa_with_sha1 = '1.2.840.10040.4.3';
export const ecdsa_with_SHA1 = '1.2.840.10045.4.1';
export const ecdsa_with_SHA256 = '1.2.840.10045.4.3.2';
export const ecdsa_with_SHA384 = '1.2.840.10045.4.3.3';
export const ecdsa_with_SHA512 = '1.2.840.10045.4.3.4';
export const id_alg_noSignature = '1.3.6.1.5.5.7.6.2';
export const szOID_OIWSEC_sha1RSASign = '1.3.14.3.2.29';

// PKCS #5
export const id_PBKDF2 = '1.2.840.113549.1.5.12';
export const id_PBES2 = '1.2.840.113549.1.5.13';
export const id_PBMAC1 = '1.2.840.113549.1.5.14';
export const id_hmacWithSHA1 = '1.2.840.113549.2.7';
export const id_hmacWithSHA256 = '1.2.840.113549.2.9';
export const id_hmacWithSHA384 = '1.2.840.113549.2.10';
export const id_hmacWithSHA512 = '1.2.840.113549.2.11';

// PKCS #7 and CMS content types
export const id_data = '1.2.840.113549.1.7.1';
export const id_signedData = '1.2.840.113549.1.7.2';
export const id_envelopedData = '1.2.840.113549.1.7.3';
export const id_digestedData = '1.2.840.113549.1.7.5';
export const id_encryptedData = '1.2.840.113549.1.7.6';
export const id_ct_TSTInfo = '1.2.840.113549.1.9.16.1.4';
export const id_ct_authEnvelopedData = '1.2.840.113549.1.9.16.1.23';
export const id_cct_PKIData = '1.3.6.1.5.5.7.12.2';
export const id_cct_PKIResponse = '1.3.6.1.5.5.7.12.3';

// PKCS #9 attributes
export const emailAddress = '1.2.840.113549.1.9.1';
export const unstructuredName = '1.2.840.113549.1.9.2';
export const id_contentType = '1.2.840.113549.1.9.3';
export const id_messageDigest = '1.2.840.113549.1.9.4';
export const id_signingTime = '1.2.840.113549.1.9.5';
export const id_countersignature = '1.2.840.113549.1.9.6';
export const challengePassword = '1.2.840.113549.1.9.7';
export const unstructuredAddress = '1.2.840.113549.1.9.8';
export const extensionRequest = '1.2.840.113549.1.9.14';
export const sMIMECapabilities = '1.2.840.113549.1.9.15';
export const id_aa_encrypKeyPref = '1.2.840.113549.1.9.16.2.11';
export const id_aa_signingCertificate = '1.2.840.113549.1.9.16.2.12';
export const id_aa_timeStampToken = '1.2.840.113549.1.9.16.2.14';
export const id_aa_signingCertificateV2 = '1.2.840.113549.1.9.16.2.47';
export const friendlyName = '1.2.840.113549.1.9.20';
export const localKeyId = '1.2.840.113549.1.9.21';
export const x509Certificate = '1.2.840.113549.1.9.22.1';
export const x509CRL = '1.2.840.113549.1.9.23.1';

// PKCS #12
export const pbeWithSHAAnd128BitRC4 = '1.2.840.113549.1.12.1.1';
export const pbeWithSHAAnd40BitRC4 = '1.2.840.113549.1.12.1.2';
export const pbeWithSHAAnd3_KeyTripleDES_CBC = '1.2.840.113549.1.12.1.3';
export const pbeWithSHAAnd2_KeyTripleDES_CBC = '1.2.840.113549.1.12.1.4';
export const pbeWithSHAAnd128BitRC2_CBC = '1.2.840.113549.1.12.1.5';
export const pbeWithSHAAnd40BitRC2_CBC = '1.2.840.113549.1.12.1.6';
export const keyBag = '1.2.840.113549.1.12.10.1.1';
export const pkcs8ShroudedKeyBag = '1.2.840.113549.1.12.10.1.2';
export const certBag = '1.2.840.113549.1.12.10.1.3';
export const crlBag = '1.2.840.113549.1.12.10.1.4';
export const secretBag = '1.2.840.113549.1.12.10.1.5';
export const safeContentsBag = '1.2.840.113549.1.12.10.1.6';

// distinguished names
export const id_at_commonName = '2.5.4.3';
export const id_at_surname = '2.5.4.4';
export const id_at_serialNumber = '2.5.4.5';
export const id_at_countryName = '2.5.4.6';
export const id_at_localityName = '2.5.4.7';
export const id_at_stateOrProvinceName = '2.5.4.8';
export const id_at_streetAddress = '2.5.4.9';
export const id_at_organizationName = '2.5.4.10';
export const id_at_organizationalUnitName = '2.5.4.11';
export const id_at_title = '2.5.4.12';
export const id_at_description = '2.5.4.13';
export const id_at_postalCode = '2.5.4.17';
export const id_at_givenName = '2.5.4.42';
export const id_at_initials = '2.5.4.43';
export const id_at_dnQualifier = '2.5.4.46';
export const userId = '0.9.2342.19200300.100.1.1';
export const domainComponent = '0.9.2342.19200300.100.1.25';

// certificate and CRL extensions
export const id_ce_subjectDirectoryAttributes = '2.5.29.9';
export const id_ce_subjectKeyIdentifier = '2.5.29.14';
export const id_ce_keyUsage = '2.5.29.15';
export const id_ce_privateKeyUsagePeriod = '2.5.29.16';
export const id_ce_subjectAltName = '2.5.29.17';
export const id_ce_issuerAltName = '2.5.29.18';
export const id_ce_basicConstraints = '2.5.29.19';
export const id_ce_cRLNumber = '2.5.29.20';
export const id_ce_cRLReasons = '2.5.29.21';
export const id_ce_invalidityDate = '2.5.29.24';
export const id_ce_deltaCRLIndicator = '2.5.29.27';
export const id_ce_issuingDistributionPoint = '2.5.29.28';
export const id_ce_certificateIssuer = '2.5.29.29';
export const id_ce_nameConstraints = '2.5.29.30';
export const id_ce_cRLDistributionPoints = '2.5.29.31';
export const id_ce_certificatePolicies = '2.5.29.32';
export const anyPolicy = '2.5.29.32.0';
export const id_ce_policyMappings = '2.5.29.33';
export const id_ce_authorityKeyIdentifier = '2.5.29.35';
export const id_ce_policyConstraints = '2.5.29.36';
export const id_ce_extKeyUsage = '2.5.29.37';
export const anyExtendedKeyUsage = '2.5.29.37.0';
export const id_ce_freshestCRL = '2.5.29.46';
export const id_ce_inhibitAnyPolicy = '2.5.29.54';
export const id_pe_authorityInfoAccess = '1.3.6.1.5.5.7.1.1';
export const id_pe_qcStatements = '1.3.6.1.5.5.7.1.3';
export const id_pe_subjectInfoAccess = '1.3.6.1.5.5.7.1.11';
export const id_pe_tlsfeature = '1.3.6.1.5.5.7.1.24';
export const id_qt_cps = '1.3.6.1.5.5.7.2.1';
export const id_qt_unotice = '1.3.6.1.5.5.7.2.2';
export const id_ad_ocsp = '1.3.6.1.5.5.7.48.1';
export const id_pkix_ocsp_basic = '1.3.6.1.5.5.7.48.1.1';
export const id_pkix_ocsp_nonce = '1.3.6.1.5.5.7.48.1.2';
export const id_pkix_ocsp_nocheck = '1.3.6.1.5.5.7.48.1.5';
export const id_ad_caIssuers = '1.3.6.1.5.5.7.48.2';
export const id_ad_caRepository = '1.3.6.1.5.5.7.48.5';

// enhanced key usages
export const id_kp_serverAuth = '1.3.6.1.5.5.7.3.1';
export const id_kp_clientAuth = '1.3.6.1.5.5.7.3.2';
export const id_kp_codeSigning = '1.3.6.1.5.5.7.3.3';
export const id_kp_emailProtection = '1.3.6.1.5.5.7.3.4';
export const id_kp_ipsecEndSystem = '1.3.6.1.5.5.7.3.5';
export const id_kp_ipsecTunnel = '1.3.6.1.5.5.7.3.6';
export const id_kp_ipsecUser = '1.3.6.1.5.5.7.3.7';
export const id_kp_timeStamping = '1.3.6.1.5.5.7.3.8';
export const id_kp_OCSPSigning = '1.3.6.1.5.5.7.3.9';
export const id_kp_cmcCA = '1.3.6.1.5.5.7.3.27';
export const id_kp_cmcRA = '1.3.6.1.5.5.7.3.28';
export const szOID_IPSEC_KP_IKE_INTERMEDIATE = '1.3.6.1.5.5.8.2.2';
export const id_pkinit_KPClientAuth = '1.3.6.1.5.2.3.4';
export const id_pkinit_KPKdc = '1.3.6.1.5.2.3.5';
export const szOID_KP_TPM_EK_CERTIFICATE = '2.23.133.8.1';
export const szOID_KP_TPM_AIK_CERTIFICATE = '2.23.133.8.3';

// CMC controls
export const id_cmc_statusInfo = '1.3.6.1.5.5.7.7.1';
export const id_cmc_identification = '1.3.6.1.5.5.7.7.2';
export const id_cmc_identityProof = '1.3.6.1.5.5.7.7.3';
export const id_cmc_dataReturn = '1.3.6.1.5.5.7.7.4';
export const id_cmc_transactionId = '1.3.6.1.5.5.7.7.5';
export const id_cmc_senderNonce = '1.3.6.1.5.5.7.7.6';
export const id_cmc_recipientNonce = '1.3.6.1.5.5.7.7.7';
export const id_cmc_addExtensions = '1.3.6.1.5.5.7.7.8';
export const id_cmc_encryptedPOP = '1.3.6.1.5.5.7.7.9';
export const id_cmc_decryptedPOP = '1.3.6.1.5.5.7.7.10';
export const id_cmc_lraPOPWitness = '1.3.6.1.5.5.7.7.11';
export const id_cmc_getCert = '1.3.6.1.5.5.7.7.15';
export const id_cmc_getCRL = '1.3.6.1.5.5.7.7.16';
export const id_cmc_revokeRequest = '1.3.6.1.5.5.7.7.17';
export const id_cmc_regInfo = '1.3.6.1.5.5.7.7.18';
export const id_cmc_responseInfo = '1.3.6.1.5.5.7.7.19';
export const id_cmc_queryPending = '1.3.6.1.5.5.7.7.21';
export const id_cmc_popLinkRandom = '1.3.6.1.5.5.7.7.22';
export const id_cmc_popLinkWitness = '1.3.6.1.5.5.7.7.23';
export const id_cmc_confirmCertAcceptance = '1.3.6.1.5.5.7.7.24';
export const id_cmc_statusInfoV2 = '1.3.6.1.5.5.7.7.25';
export const id_cmc_trustedAnchors = '1.3.6.1.5.5.7.7.26';
export const id_cmc_batchRequests = '1.3.6.1.5.5.7.7.28';
export const id_cmc_batchResponses = '1.3.6.1.5.5.7.7.29';
export const id_cmc_publishCert = '1.3.6.1.5.5.7.7.30';
export const id_cmc_controlProcessed = '1.3.6.1.5.5.7.7.32';
export const id_cmc_popLinkWitnessV2 = '1.3.6.1.5.5.7.7.33';
export const id_cmc_identityProofV2 = '1.3.6.1.5.5.7.7.34';

// Microsoft: Authenticode (1.3.6.1.4.1.311.2)
export const szOID_CERT_EXTENSIONS = '1.3.6.1.4.1.311.2.1.14';

// Microsoft: Crypto 2.0 (1.3.6.1.4.1.311.10)
export const szOID_CTL = '1.3.6.1.4.1.311.10.1';
export const szOID_NEXT_UPDATE_LOCATION = '1.3.6.1.4.1.311.10.2';
export const szOID_KP_CTL_USAGE_SIGNING = '1.3.6.1.4.1.311.10.3.1';
export const szOID_KP_TIME_STAMP_SIGNING = '1.3.6.1.4.1.311.10.3.2';
export const szOID_SERVER_GATED_CRYPTO = '1.3.6.1.4.1.311.10.3.3';
export const szOID_SERIALIZED = '1.3.6.1.4.1.311.10.3.3.1';
export const szOID_EFS_CRYPTO = '1.3.6.1.4.1.311.10.3.4';
export const szOID_EFS_RECOVERY = '1.3.6.1.4.1.311.10.3.4.1';
export const szOID_ROOT_LIST_SIGNER = '1.3.6.1.4.1.311.10.3.9';
export const szOID_KP_QUALIFIED_SUBORDINATION = '1.3.6.1.4.1.311.10.3.10';
export const szOID_KP_KEY_RECOVERY = '1.3.6.1.4.1.311.10.3.11';
export const szOID_KP_DOCUMENT_SIGNING = '1.3.6.1.4.1.311.10.3.12';
export const szOID_KP_LIFETIME_SIGNING = '1.3.6.1.4.1.311.10.3.13';
export const szOID_KEYID_RDN = '1.3.6.1.4.1.311.10.7.1';
export const szOID_CROSS_CERT_DIST_POINTS = '1.3.6.1.4.1.311.10.9.1';
export const szOID_CMC_ADD_ATTRIBUTES = '1.3.6.1.4.1.311.10.10.1';
export const szOID_ANY_APPLICATION_POLICY = '1.3.6.1.4.1.311.10.12.1';

// Microsoft: catalogs, requests, PKCS #12 (1.3.6.1.4.1.311.12 to 19)
export const szOID_RENEWAL_CERTIFICATE = '1.3.6.1.4.1.311.13.1';
export const szOID_ENROLLMENT_NAME_VALUE_PAIR = '1.3.6.1.4.1.311.13.2.1';
export const szOID_ENROLLMENT_CSP_PROVIDER = '1.3.6.1.4.1.311.13.2.2';
export const szOID_OS_VERSION = '1.3.6.1.4.1.311.13.2.3';
export const szOID_MICROSOFT_Encryption_Key_Preference = '1.3.6.1.4.1.311.16.4';
export const szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR = '1.3.6.1.4.1.311.17.1';
export const szOID_LOCAL_MACHINE_KEYSET = '1.3.6.1.4.1.311.17.2';
export const szOID_PKCS_12_EXTENDED_ATTRIBUTES = '1.3.6.1.4.1.311.17.3';
export const szOID_PKCS_12_PROTECTED_PASSWORD_SECRET_BAG_TYPE_ID = '1.3.6.1.4.1.311.17.4';

// Microsoft: enrollment infrastructure (1.3.6.1.4.1.311.20)
export const szOID_AUTO_ENROLL_CTL_USAGE = '1.3.6.1.4.1.311.20.1';
export const szOID_ENROLL_CERTTYPE_EXTENSION = '1.3.6.1.4.1.311.20.2';
export const szOID_ENROLLMENT_AGENT = '1.3.6.1.4.1.311.20.2.1';
export const szOID_KP_SMARTCARD_LOGON = '1.3.6.1.4.1.311.20.2.2';
export const szOID_NT_PRINCIPAL_NAME = '1.3.6.1.4.1.311.20.2.3';
export const szOID_INTERNATIONALIZED_EMAIL_ADDRESS = '1.3.6.1.4.1.311.20.2.4';
export const szOID_CERT_MANIFOLD = '1.3.6.1.4.1.311.20.3';

// Microsoft: Certificate Services (1.3.6.1.4.1.311.21)
export const szOID_CERTSRV_CA_VERSION = '1.3.6.1.4.1.311.21.1';
export const szOID_CERTSRV_PREVIOUS_CERT_HASH = '1.3.6.1.4.1.311.21.2';
export const szOID_CRL_VIRTUAL_BASE = '1.3.6.1.4.1.311.21.3';
export const szOID_CRL_NEXT_PUBLISH = '1.3.6.1.4.1.311.21.4';
export const szOID_KP_CA_EXCHANGE = '1.3.6.1.4.1.311.21.5';
export const szOID_KP_KEY_RECOVERY_AGENT = '1.3.6.1.4.1.311.21.6';
export const szOID_CERTIFICATE_TEMPLATE = '1.3.6.1.4.1.311.21.7';
export const szOID_ENTERPRISE_OID_ROOT = '1.3.6.1.4.1.311.21.8';
export const szOID_RDN_DUMMY_SIGNER = '1.3.6.1.4.1.311.21.9';
export const szOID_APPLICATION_CERT_POLICIES = '1.3.6.1.4.1.311.21.10';
export const szOID_APPLICATION_POLICY_MAPPINGS = '1.3.6.1.4.1.311.21.11';
export const szOID_APPLICATION_POLICY_CONSTRAINTS = '1.3.6.1.4.1.311.21.12';
export const szOID_ARCHIVED_KEY_ATTR = '1.3.6.1.4.1.311.21.13';
export const szOID_CRL_SELF_CDP = '1.3.6.1.4.1.311.21.14';
export const szOID_REQUIRE_CERT_CHAIN_POLICY = '1.3.6.1.4.1.311.21.15';
export const szOID_ARCHIVED_KEY_CERT_HASH = '1.3.6.1.4.1.311.21.16';
export const szOID_ISSUED_CERT_HASH = '1.3.6.1.4.1.311.21.17';
export const szOID_DS_EMAIL_REPLICATION = '1.3.6.1.4.1.311.21.19';
export const szOID_REQUEST_CLIENT_INFO = '1.3.6.1.4.1.311.21.20';
export const szOID_ENCRYPTED_KEY_HASH = '1.3.6.1.4.1.311.21.21';
export const szOID_CERTSRV_CROSSCA_VERSION = '1.3.6.1.4.1.311.21.22';
export const szOID_ENROLL_EK_INFO = '1.3.6.1.4.1.311.21.23';
export const szOID_ENROLL_ATTESTATION_STATEMENT = '1.3.6.1.4.1.311.21.24';
export const szOID_ENROLL_KSP_NAME = '1.3.6.1.4.1.311.21.25';
export const szOID_ENROLL_EKPUB_CHALLENGE = '1.3.6.1.4.1.311.21.26';
export const szOID_ENROLL_CAXCHGCERT_HASH = '1.3.6.1.4.1.311.21.27';
export const szOID_ENROLL_ATTESTATION_CHALLENGE = '1.3.6.1.4.1.311.21.28';
export const szOID_ENROLL_ENCRYPTION_ALGORITHM = '1.3.6.1.4.1.311.21.29';
export const szOID_ENROLL_EKVERIFYKEY = '1.3.6.1.4.1.311.21.30';
export const szOID_ENROLL_EKVERIFYCERT = '1.3.6.1.4.1.311.21.31';
export const szOID_ENROLL_EKVERIFYCREDS = '1.3.6.1.4.1.311.21.32';

// Microsoft: directory service and later arcs
export const szOID_NTDS_REPLICATION = '1.3.6.1.4.1.311.25.1';
export const szOID_NTDS_CA_SECURITY_EXT = '1.3.6.1.4.1.311.25.2';
export const szOID_NTDS_OBJECTSID = '1.3.6.1.4.1.311.25.2.1';
export const szOID_KP_KERNEL_MODE_CODE_SIGNING = '1.3.6.1.4.1.311.61.1.1';

// biome-ignore format: one row a line.
const ROWS: readonly Columns[] = [
  // hash algorithms
  ['1.2.840.113549.2.2', 'md2', 'md2', 1, { treeName: 'md2', alias: 'szOID_RSA_MD2' }],
  ['1.2.840.113549.2.4', 'md4', 'md4', 1, { treeName: 'md4', alias: 'szOID_RSA_MD4' }],
  [md5, 'md5', 'md5', 1, { treeName: 'md5', alias: 'szOID_RSA_MD5' }],
  [id_sha1, 'id_sha1', 'sha1', 1, { treeName: 'sha1', alias: 'szOID_OIWSEC_sha1' }],
  [id_sha256, 'id_sha256', 'sha256', 1, { treeName: 'sha256', alias: 'szOID_NIST_sha256' }],
  [id_sha384, 'id_sha384', 'sha384', 1, { treeName: 'sha384', alias: 'szOID_NIST_sha384' }],
  [id_sha512, 'id_sha512', 'sha512', 1, { treeName: 'sha512', alias: 'szOID_NIST_sha512' }],
  ['2.16.840.1.101.3.4.2.4', 'id_sha224', 'sha224', 1],
  ['2.16.840.1.101.3.4.2.7', 'id_sha3_224', 'sha3-224', 1],
  ['2.16.840.1.101.3.4.2.8', 'id_sha3_256', 'sha3-256', 1],
  ['2.16.840.1.101.3.4.2.9', 'id_sha3_384', 'sha3-384', 1],
  ['2.16.840.1.101.3.4.2.10', 'id_sha3_512', 'sha3-512', 1],
  ['1.3.14.3.2.18', 'szOID_OIWSEC_sha', 'sha', 1],
  ['1.3.14.7.2.2.1', 'szOID_OIWDIR_md2', 'md2', 1],
  // encryption and key wrap
  [rc2CBC, 'rc2CBC', 'rc2', 2, { treeName: 'rc2CBC', alias: 'szOID_RSA_RC2CBC' }],
  [rc4, 'rc4', 'rc4', 2, { treeName: 'rc4', alias: 'szOID_RSA_RC4' }],
  [des_EDE3_CBC, 'des_EDE3_CBC', '3des', 2, { treeName: 'DES-EDE3-CBC', alias: 'szOID_RSA_DES_EDE3_CBC' }],
  ['1.2.840.113549.3.9', 'szOID_RSA_RC5_CBCPad', 'rc5', 2],
  [desCBC, 'desCBC', 'des', 2, { treeName: 'desCBC', alias: 'szOID_OIWSEC_desCBC' }],
  ['1.3.14.3.2.6', 'szOID_OIWSEC_desECB', 'desECB', 2],
  ['1.3.14.3.2.8', 'szOID_OIWSEC_desOFB', 'desOFB', 2],
  ['1.3.14.3.2.9', 'szOID_OIWSEC_desCFB', 'desCFB', 2],
  ['1.3.14.3.2.10', 'szOID_OIWSEC_desMAC', 'desMAC', 2],
  ['1.3.14.3.2.17', 'szOID_OIWSEC_desEDE', 'desEDE', 2],
  [id_aes128_CBC, 'id_aes128_CBC', 'aes128', 2, { treeName: 'aes128-CBC', alias: 'szOID_NIST_AES128_CBC' }],
  [id_aes192_CBC, 'id_aes192_CBC', 'aes192', 2, { treeName: 'aes192-CBC', alias: 'szOID_NIST_AES192_CBC' }],
  [id_aes256_CBC, 'id_aes256_CBC', 'aes256', 2, { treeName: 'aes256-CBC', alias: 'szOID_NIST_AES256_CBC' }],
  [id_aes128_wrap, 'id_aes128_wrap', 'aes128wrap', 2, { alias: 'szOID_NIST_AES128_WRAP' }],
  [id_aes192_wrap, 'id_aes192_wrap', 'aes192wrap', 2, { alias: 'szOID_NIST_AES192_WRAP' }],
  [id_aes256_wrap, 'id_aes256_wrap', 'aes256wrap', 2, { alias: 'szOID_NIST_AES256_WRAP' }],
  ['2.16.840.1.101.3.4.1.6', 'id_aes128_GCM', 'aes128gcm', 2],
  ['2.16.840.1.101.3.4.1.26', 'id_aes192_GCM', 'aes192gcm', 2],
  ['2.16.840.1.101.3.4.1.46', 'id_aes256_GCM', 'aes256gcm', 2],
  ['1.2.840.113533.7.66.10', 'cast5CBC', 'cast5', 2],
  ['1.2.840.113533.7.66.12', 'pbeWithMD5AndCAST5_CBC', 'pbeWithMD5AndCAST5', 2],
  [id_alg_CMS3DESwrap, 'id_alg_CMS3DESwrap', 'CMS3DESwrap', 2, { alias: 'szOID_RSA_SMIMEalgCMS3DESwrap' }],
  [id_alg_CMSRC2wrap, 'id_alg_CMSRC2wrap', 'CMSRC2wrap', 2, { alias: 'szOID_RSA_SMIMEalgCMSRC2wrap' }],
  // public keys and key agreement
  [rsaEncryption, 'rsaEncryption', 'RSA', 3, { treeName: 'rsaEncryption', alias: 'szOID_RSA_RSA' }],
  [id_RSAES_OAEP, 'id_RSAES_OAEP', 'RSAES_OAEP', 3, { treeName: 'rsaOAEP', alias: 'szOID_RSAES_OAEP' }],
  [id_mgf1, 'id_mgf1', 'mgf1', 0, { treeName: 'pkcs1-MGF', alias: 'szOID_RSA_MGF1' }],
  [id_pSpecified, 'id_pSpecified', 'pSpecified', 0, { treeName: 'rsaOAEP-pSpecified', alias: 'szOID_RSA_PSPECIFIED' }],
  ['1.2.840.113549.1.3.1', 'dhKeyAgreement', 'DH', 3, { treeName: 'dhKeyAgreement', alias: 'szOID_RSA_DH' }],
  [id_dsa, 'id_dsa', 'DSA', 3, { treeName: 'dsa', alias: 'szOID_X957_DSA' }],
  ['1.2.840.10046.2.1', 'dhpublicnumber', 'DH', 3, { treeName: 'dhPublicNumber', alias: 'szOID_ANSI_X942_DH' }],
  [id_ecPublicKey, 'id_ecPublicKey', 'ECC', 3, { treeName: 'ecPublicKey', alias: 'szOID_ECC_PUBLIC_KEY' }],
  [id_ecDH, 'id_ecDH', 'ECDH', 3],
  [secp256r1, 'secp256r1', 'ECDSA_P256', 3, { treeName: 'prime256v1', alias: 'szOID_ECC_CURVE_P256' }],
  [secp384r1, 'secp384r1', 'ECDSA_P384', 3, { treeName: 'secp384r1', alias: 'szOID_ECC_CURVE_P384' }],
  [secp521r1, 'secp521r1', 'ECDSA_P521', 3, { treeName: 'secp521r1', alias: 'szOID_ECC_CURVE_P521' }],
  ['1.3.132.0.10', 'secp256k1', 'secP256k1', 3, { alias: 'szOID_ECC_CURVE_SECP256K1' }],
  ['1.2.840.10045.3.1.1', 'secp192r1', 'nistP192', 3, { alias: 'szOID_ECC_CURVE_NISTP192' }],
  ['1.3.132.0.33', 'secp224r1', 'nistP224', 3, { alias: 'szOID_ECC_CURVE_NISTP224' }],
  ['1.3.36.3.3.2.8.1.1.7', 'brainpoolP256r1', 'brainpoolP256r1', 3, { alias: 'szOID_ECC_CURVE_BRAINPOOLP256R1' }],
  ['1.3.36.3.3.2.8.1.1.11', 'brainpoolP384r1', 'brainpoolP384r1', 3, { alias: 'szOID_ECC_CURVE_BRAINPOOLP384R1' }],
  ['1.3.36.3.3.2.8.1.1.13', 'brainpoolP512r1', 'brainpoolP512r1', 3, { alias: 'szOID_ECC_CURVE_BRAINPOOLP512R1' }],
  [id_X25519, 'id_X25519', 'X25519', 3],
  ['1.3.101.111', 'id_X448', 'X448', 3],
  [id_Ed25519, 'id_Ed25519', 'Ed25519', 3],
  ['1.3.101.113', 'id_Ed448', 'Ed448', 3],
  [id_ml_dsa_44, 'id_ml_dsa_44', 'ML-DSA-44', 3],
  [id_ml_dsa_65, 'id_ml_dsa_65', 'ML-DSA-65', 3],
  [id_ml_dsa_87, 'id_ml_dsa_87', 'ML-DSA-87', 3],
  ['2.16.840.1.101.3.4.4.1', 'id_alg_ml_kem_512', 'ML-KEM-512', 3],
  [id_alg_ml_kem_768, 'id_alg_ml_kem_768', 'ML-KEM-768', 3],
  ['2.16.840.1.101.3.4.4.3', 'id_alg_ml_kem_1024', 'ML-KEM-1024', 3],
  ['1.2.840.113549.1.9.16.3.5', 'id_alg_ESDH', 'ESDH', 3, { alias: 'szOID_RSA_SMIMEalgESDH' }],
  [dhSinglePass_stdDH_sha1kdf_scheme, 'dhSinglePass_stdDH_sha1kdf_scheme', 'dhSinglePass-stdDH-sha1kdf', 3, { alias: 'szOID_DH_SINGLE_PASS_STDDH_SHA1_KDF' }],
  [dhSinglePass_stdDH_sha256kdf_scheme, 'dhSinglePass_stdDH_sha256kdf_scheme', 'dhSinglePass-stdDH-sha256kdf', 3, { alias: 'szOID_DH_SINGLE_PASS_STDDH_SHA256_KDF' }],
  [dhSinglePass_stdDH_sha384kdf_scheme, 'dhSinglePass_stdDH_sha384kdf_scheme', 'dhSinglePass-stdDH-sha384kdf', 3, { alias: 'szOID_DH_SINGLE_PASS_STDDH_SHA384_KDF' }],
  [dhSinglePass_stdDH_sha512kdf_scheme, 'dhSinglePass_stdDH_sha512kdf_scheme', 'dhSinglePass-stdDH-sha512kdf', 3],
  // signatures
  ['1.2.840.113549.1.1.2', 'md2WithRSAEncryption', 'md2RSA', 4, { treeName: 'md2withRSAEncryption', alias: 'szOID_RSA_MD2RSA' }],
  ['1.2.840.113549.1.1.3', 'md4WithRSAEncryption', 'md4RSA', 4, { treeName: 'md4withRSAEncryption', alias: 'szOID_RSA_MD4RSA' }],
  [md5WithRSAEncryption, 'md5WithRSAEncryption', 'md5RSA', 4, { treeName: 'md5withRSAEncryption', alias: 'szOID_RSA_MD5RSA' }],
  [sha1WithRSAEncryption, 'sha1WithRSAEncryption', 'sha1RSA', 4, { treeName: 'sha1withRSAEncryption', alias: 'szOID_RSA_SHA1RSA' }],
  ['1.2.840.113549.1.1.6', 'szOID_RSA_SETOAEP_RSA', 'rsaOAEPEncryptionSET', 3, { treeName: 'rsaOAEPEncryptionSET' }],
  [id_RSASSA_PSS, 'id_RSASSA_PSS', 'RSASSA-PSS', 4, { treeName: 'rsaPSS', alias: 'szOID_RSA_SSA_PSS' }],
  [sha256WithRSAEncryption, 'sha256WithRSAEncryption', 'sha256RSA', 4, { treeName: 'sha256WithRSAEncryption', alias: 'szOID_RSA_SHA256RSA' }],
  [sha384WithRSAEncryption, 'sha384WithRSAEncryption', 'sha384RSA', 4, { treeName: 'sha384WithRSAEncryption', alias: 'szOID_RSA_SHA384RSA' }],
  [sha512WithRSAEncryption, 'sha512WithRSAEncryption', 'sha512RSA', 4, { treeName: 'sha512WithRSAEncryption', alias: 'szOID_RSA_SHA512RSA' }],
  ['1.2.840.113549.1.1.14', 'sha224WithRSAEncryption', 'sha224RSA', 4, { treeName: 'sha224WithRSAEncryption' }],
  [id_dsa_with_sha1, 'id_dsa_with_sha1', 'sha1DSA', 4, { treeName: 'dsaWithSha1', alias: 'szOID_X957_SHA1DSA' }],
  ['2.16.840.1.101.3.4.3.2', 'id_dsa_with_sha256', 'sha256DSA', 4],
  [ecdsa_with_SHA1, 'ecdsa_with_SHA1', 'sha1ECDSA', 4, { treeName: 'ecdsaWithSHA1', alias: 'szOID_ECDSA_SHA1' }],
  ['1.2.840.10045.4.3', 'szOID_ECDSA_SPECIFIED', 'specifiedECDSA', 4],
  ['1.2.840.10045.4.3.1', 'ecdsa_with_SHA224', 'sha224ECDSA', 4],
  [ecdsa_with_SHA256, 'ecdsa_with_SHA256', 'sha256ECDSA', 4, { treeName: 'ecdsaWithSHA256', alias: 'szOID_ECDSA_SHA256' }],
  [ecdsa_with_SHA384, 'ecdsa_with_SHA384', 'sha384ECDSA', 4, { treeName: 'ecdsaWithSHA384', alias: 'szOID_ECDSA_SHA384' }],
  [ecdsa_with_SHA512, 'ecdsa_with_SHA512', 'sha512ECDSA', 4, { treeName: 'ecdsaWithSHA512', alias: 'szOID_ECDSA_SHA512' }],
  [id_alg_noSignature, 'id_alg_noSignature', 'NO_SIGN', 4, { alias: 'szOID_PKIX_NO_SIGNATURE' }],
  ['1.3.14.3.2.2', 'szOID_OIWSEC_md4RSA', 'md4RSA', 4],
  ['1.3.14.3.2.3', 'szOID_OIWSEC_md5RSA', 'md5RSA', 4],
  ['1.3.14.3.2.4', 'szOID_OIWSEC_md4RSA2', 'md4RSA', 4],
  ['1.3.14.3.2.11', 'szOID_OIWSEC_rsaSign', 'rsaSign', 4],
  ['1.3.14.3.2.12', 'szOID_OIWSEC_dsa', 'DSA', 3],
  ['1.3.14.3.2.13', 'szOID_OIWSEC_shaDSA', 'sha1DSA', 4],
  ['1.3.14.3.2.14', 'szOID_OIWSEC_mdc2RSA', 'mdc2RSA', 4],
  ['1.3.14.3.2.15', 'szOID_OIWSEC_shaRSA', 'shaRSA', 4],
  ['1.3.14.3.2.16', 'szOID_OIWSEC_dhCommMod', 'dhCommMod', 3],
  ['1.3.14.3.2.19', 'szOID_OIWSEC_mdc2', 'mdc2', 1],
  ['1.3.14.3.2.20', 'szOID_OIWSEC_dsaComm', 'dsaComm', 3],
  ['1.3.14.3.2.21', 'szOID_OIWSEC_dsaCommSHA', 'dsaCommSHA', 4],
  ['1.3.14.3.2.22', 'szOID_OIWSEC_rsaXchg', 'RSA_KEYX', 3],
  ['1.3.14.3.2.23', 'szOID_OIWSEC_keyHashSeal', 'keyHashSeal'],
  ['1.3.14.3.2.24', 'szOID_OIWSEC_md2RSASign', 'md2RSA', 4],
  ['1.3.14.3.2.25', 'szOID_OIWSEC_md5RSASign', 'md5RSA', 4],
  ['1.3.14.3.2.27', 'szOID_OIWSEC_dsaSHA1', 'dsaSHA1', 4],
  ['1.3.14.3.2.28', 'szOID_OIWSEC_dsaCommSHA1', 'dsaCommSHA1', 4],
  [szOID_OIWSEC_sha1RSASign, 'szOID_OIWSEC_sha1RSASign', 'sha1RSA', 4],
  ['1.3.14.7.2.3.1', 'szOID_OIWDIR_md2RSA', 'md2RSA', 4],
  ['2.16.840.1.101.2.1.1.1', 'szOID_INFOSEC_sdnsSignature', 'sdnsSignature', 4],
  ['2.16.840.1.101.2.1.1.2', 'szOID_INFOSEC_mosaicSignature', 'mosaicSignature', 4],
  ['2.16.840.1.101.2.1.1.3', 'szOID_INFOSEC_sdnsConfidentiality', 'sdnsConfidentiality', 2],
  ['2.16.840.1.101.2.1.1.4', 'szOID_INFOSEC_mosaicConfidentiality', 'mosaicConfidentiality', 2],
  ['2.16.840.1.101.2.1.1.5', 'szOID_INFOSEC_sdnsIntegrity', 'sdnsIntegrity'],
  ['2.16.840.1.101.2.1.1.6', 'szOID_INFOSEC_mosaicIntegrity', 'mosaicIntegrity'],
  ['2.16.840.1.101.2.1.1.7', 'szOID_INFOSEC_sdnsTokenProtection', 'sdnsTokenProtection'],
  ['2.16.840.1.101.2.1.1.8', 'szOID_INFOSEC_mosaicTokenProtection', 'mosaicTokenProtection'],
  ['2.16.840.1.101.2.1.1.9', 'szOID_INFOSEC_sdnsKeyManagement', 'sdnsKeyManagement'],
  ['2.16.840.1.101.2.1.1.10', 'szOID_INFOSEC_mosaicKeyManagement', 'mosaicKeyManagement'],
  ['2.16.840.1.101.2.1.1.11', 'szOID_INFOSEC_sdnsKMandSig', 'sdnsKMandSig'],
  ['2.16.840.1.101.2.1.1.12', 'szOID_INFOSEC_mosaicKMandSig', 'mosaicKMandSig', 3],
  ['2.16.840.1.101.2.1.1.19', 'szOID_INFOSEC_mosaicUpdatedSig', 'mosaicUpdatedSig', 4],
  ['2.16.840.1.101.2.1.1.20', 'szOID_INFOSEC_mosaicKMandUpdSig', 'mosaicKMandUpdSig', 3],
  ['2.16.840.1.101.2.1.1.21', 'szOID_INFOSEC_mosaicUpdatedInteg', 'mosaicUpdatedInteg'],
  // PKCS #5
  ['1.2.840.113549.1.5.1', 'pbeWithMD2AndDES_CBC', 'pbeWithMD2AndDES'],
  ['1.2.840.113549.1.5.3', 'pbeWithMD5AndDES_CBC', 'pbeWithMD5AndDES'],
  ['1.2.840.113549.1.5.6', 'pbeWithMD5AndRC2_CBC', 'pbeWithMD5AndRC2'],
  ['1.2.840.113549.1.5.10', 'pbeWithSHA1AndDES_CBC', 'pbeWithSHA1AndDES'],
  [id_PBKDF2, 'id_PBKDF2', 'PBKDF2', 0, { treeName: 'pkcs5PBKDF2', alias: 'szOID_PKCS_5_PBKDF2' }],
  [id_PBES2, 'id_PBES2', 'PBES2', 0, { treeName: 'pkcs5PBES2', alias: 'szOID_PKCS_5_PBES2' }],
  [id_PBMAC1, 'id_PBMAC1', 'PBMAC1'],
  [id_hmacWithSHA1, 'id_hmacWithSHA1', 'hmacWithSHA1'],
  [id_hmacWithSHA256, 'id_hmacWithSHA256', 'hmacWithSHA256'],
  [id_hmacWithSHA384, 'id_hmacWithSHA384', 'hmacWithSHA384'],
  [id_hmacWithSHA512, 'id_hmacWithSHA512', 'hmacWithSHA512'],
  // PKCS #7 and CMS content types
  [id_data, 'id_data', 'PKCS 7 Data', 6, { treeName: 'data', alias: 'szOID_RSA_data' }],
  [id_signedData, 'id_signedData', 'PKCS 7 Signed', 6, { treeName: 'signedData', alias: 'szOID_RSA_signedData' }],
  [id_envelopedData, 'id_envelopedData', 'PKCS 7 Enveloped', 6, { treeName: 'envelopedData', alias: 'szOID_RSA_envelopedData' }],
  ['1.2.840.113549.1.7.4', 'id_signedAndEnvelopedData', 'PKCS 7 Signed Enveloped', 6, { treeName: 'signedAndEnvelopedData', alias: 'szOID_RSA_signEnvData' }],
  [id_digestedData, 'id_digestedData', 'PKCS 7 Digested', 6, { treeName: 'digestedData', alias: 'szOID_RSA_digestedData' }],
  [id_encryptedData, 'id_encryptedData', 'PKCS 7 Encrypted', 6, { treeName: 'encryptedData', alias: 'szOID_RSA_encryptedData' }],
  [id_ct_TSTInfo, 'id_ct_TSTInfo', 'Timestamp Token', 6, { treeName: 'tSTInfo', alias: 'szOID_TIMESTAMP_TOKEN' }],
  ['1.2.840.113549.1.9.16.1.2', 'id_ct_authData', 'CMS Authenticated Data', 6],
  [id_ct_authEnvelopedData, 'id_ct_authEnvelopedData', 'CMS Authenticated Enveloped Data', 6],
  [id_cct_PKIData, 'id_cct_PKIData', 'CMC Data', 6, { alias: 'szOID_CT_PKI_DATA' }],
  [id_cct_PKIResponse, 'id_cct_PKIResponse', 'CMC Response', 6, { alias: 'szOID_CT_PKI_RESPONSE' }],
  // PKCS #9 attributes
  [emailAddress, 'emailAddress', 'Email', 5, { shortName: 'E', treeName: 'emailAddress', alias: 'szOID_RSA_emailAddr' }],
  [unstructuredName, 'unstructuredName', 'Unstructured Name', 5, { shortName: 'unstructuredName', treeName: 'unstructuredName', alias: 'szOID_RSA_unstructName' }],
  [id_contentType, 'id_contentType', 'Content Type', 6, { treeName: 'contentType', alias: 'szOID_RSA_contentType' }],
  [id_messageDigest, 'id_messageDigest', 'Message Digest', 6, { treeName: 'messageDigest', alias: 'szOID_RSA_messageDigest' }],
  [id_signingTime, 'id_signingTime', 'Signing Time', 6, { treeName: 'signingTime', alias: 'szOID_RSA_signingTime' }],
  [id_countersignature, 'id_countersignature', 'Counter Sign', 6, { treeName: 'countersignature', alias: 'szOID_RSA_counterSign' }],
  [challengePassword, 'challengePassword', 'Challenge Password', 6, { treeName: 'challengePassword', alias: 'szOID_RSA_challengePwd' }],
  [unstructuredAddress, 'unstructuredAddress', 'Unstructured Address', 5, { shortName: 'unstructuredAddress', treeName: 'unstructuredAddress', alias: 'szOID_RSA_unstructAddr' }],
  ['1.2.840.113549.1.9.9', 'extendedCertificateAttributes', 'Extended Certificate Attributes', 6, { treeName: 'extendedCertificateAttributes', alias: 'szOID_RSA_extCertAttrs' }],
  [extensionRequest, 'extensionRequest', 'Certificate Extensions', 6, { treeName: 'extensionReq', alias: 'szOID_RSA_certExtensions' }],
  [sMIMECapabilities, 'sMIMECapabilities', 'SMIME Capabilities', 6, { treeName: 'sMIMECapabilities', alias: 'szOID_RSA_SMIMECapabilities' }],
  ['1.2.840.113549.1.9.15.1', 'preferSignedData', 'Prefer Signed Data', 6, { treeName: 'preferSignedData', alias: 'szOID_RSA_preferSignedData' }],
  [id_aa_encrypKeyPref, 'id_aa_encrypKeyPref', 'Encryption Key Preference', 6],
  [id_aa_signingCertificate, 'id_aa_signingCertificate', 'Signing Certificate', 6, { treeName: 'signingCertificate' }],
  [id_aa_timeStampToken, 'id_aa_timeStampToken', 'Time Stamp Token', 6, { treeName: 'timeStampToken' }],
  [id_aa_signingCertificateV2, 'id_aa_signingCertificateV2', 'Signing Certificate V2', 6, { treeName: 'signingCertificateV2' }],
  [friendlyName, 'friendlyName', 'Friendly Name', 6, { treeName: 'friendlyName', alias: 'szOID_PKCS_12_FRIENDLY_NAME_ATTR' }],
  [localKeyId, 'localKeyId', 'Local Key Id', 6, { treeName: 'localKeyID', alias: 'szOID_PKCS_12_LOCAL_KEY_ID' }],
  [x509Certificate, 'x509Certificate', 'X.509 Certificate', 0, { treeName: 'x509Certificate' }],
  ['1.2.840.113549.1.9.22.2', 'sdsiCertificate', 'SDSI Certificate', 0, { treeName: 'sdsiCertificate' }],
  [x509CRL, 'x509CRL', 'X.509 CRL', 0, { treeName: 'x509Crl' }],
  ['1.2.840.113549.1.9.52', 'id_aa_CMSAlgorithmProtection', 'CMS Algorithm Protection', 6],
  // PKCS #12
  [pbeWithSHAAnd128BitRC4, 'pbeWithSHAAnd128BitRC4', 'pbeWithSHA1And128BitRC4', 2, { alias: 'szOID_PKCS_12_pbeWithSHA1And128BitRC4' }],
  [pbeWithSHAAnd40BitRC4, 'pbeWithSHAAnd40BitRC4', 'pbeWithSHA1And40BitRC4', 2, { alias: 'szOID_PKCS_12_pbeWithSHA1And40BitRC4' }],
  [pbeWithSHAAnd3_KeyTripleDES_CBC, 'pbeWithSHAAnd3_KeyTripleDES_CBC', 'pbeWithSHA1And3KeyTripleDES', 2, { alias: 'szOID_PKCS_12_pbeWithSHA1And3KeyTripleDES' }],
  [pbeWithSHAAnd2_KeyTripleDES_CBC, 'pbeWithSHAAnd2_KeyTripleDES_CBC', 'pbeWithSHA1And2KeyTripleDES', 2, { alias: 'szOID_PKCS_12_pbeWithSHA1And2KeyTripleDES' }],
  [pbeWithSHAAnd128BitRC2_CBC, 'pbeWithSHAAnd128BitRC2_CBC', 'pbeWithSHA1And128BitRC2', 2, { alias: 'szOID_PKCS_12_pbeWithSHA1And128BitRC2' }],
  [pbeWithSHAAnd40BitRC2_CBC, 'pbeWithSHAAnd40BitRC2_CBC', 'pbeWithSHA1And40BitRC2', 2, { alias: 'szOID_PKCS_12_pbeWithSHA1And40BitRC2' }],
  [keyBag, 'keyBag', 'Key Bag', 0, { treeName: 'keyBag' }],
  [pkcs8ShroudedKeyBag, 'pkcs8ShroudedKeyBag', 'PKCS 8 Shrouded Key Bag', 0, { treeName: 'pkcs-8ShroudedKeyBag' }],
  [certBag, 'certBag', 'Certificate Bag', 0, { treeName: 'certBag' }],
  [crlBag, 'crlBag', 'CRL Bag', 0, { treeName: 'crlBag' }],
  [secretBag, 'secretBag', 'Secret Bag', 0, { treeName: 'secretBag' }],
  [safeContentsBag, 'safeContentsBag', 'Safe Contents Bag', 0, { treeName: 'safeContentsBag' }],
  // distinguished names
  [id_at_commonName, 'id_at_commonName', 'Common Name', 5, { shortName: 'CN', treeName: 'commonName', alias: 'szOID_COMMON_NAME' }],
  [id_at_surname, 'id_at_surname', 'Surname', 5, { shortName: 'SN', treeName: 'surname', alias: 'szOID_SUR_NAME' }],
  [id_at_serialNumber, 'id_at_serialNumber', 'Device Serial Number', 5, { shortName: 'SERIALNUMBER', treeName: 'serialNumber', alias: 'szOID_DEVICE_SERIAL_NUMBER' }],
  [id_at_countryName, 'id_at_countryName', 'Country/Region', 5, { shortName: 'C', treeName: 'countryName', alias: 'szOID_COUNTRY_NAME' }],
  [id_at_localityName, 'id_at_localityName', 'Locality', 5, { shortName: 'L', treeName: 'localityName', alias: 'szOID_LOCALITY_NAME' }],
  [id_at_stateOrProvinceName, 'id_at_stateOrProvinceName', 'State or Province', 5, { shortName: 'S', treeName: 'stateOrProvinceName', alias: 'szOID_STATE_OR_PROVINCE_NAME' }],
  [id_at_streetAddress, 'id_at_streetAddress', 'Street Address', 5, { shortName: 'STREET', treeName: 'streetAddress', alias: 'szOID_STREET_ADDRESS' }],
  [id_at_organizationName, 'id_at_organizationName', 'Organization', 5, { shortName: 'O', treeName: 'organizationName', alias: 'szOID_ORGANIZATION_NAME' }],
  [id_at_organizationalUnitName, 'id_at_organizationalUnitName', 'Organizational Unit', 5, { shortName: 'OU', treeName: 'organizationalUnitName', alias: 'szOID_ORGANIZATIONAL_UNIT_NAME' }],
  [id_at_title, 'id_at_title', 'Title', 5, { shortName: 'T', treeName: 'title', alias: 'szOID_TITLE' }],
  [id_at_description, 'id_at_description', 'Description', 5, { shortName: 'Description', treeName: 'description', alias: 'szOID_DESCRIPTION' }],
  ['2.5.4.14', 'id_at_searchGuide', 'Search Guide', 5, { treeName: 'searchGuide', alias: 'szOID_SEARCH_GUIDE' }],
  ['2.5.4.15', 'id_at_businessCategory', 'Business Category', 5, { shortName: 'BusinessCategory', treeName: 'businessCategory', alias: 'szOID_BUSINESS_CATEGORY' }],
  ['2.5.4.16', 'id_at_postalAddress', 'Postal Address', 5, { shortName: 'PostalAddress', treeName: 'postalAddress', alias: 'szOID_POSTAL_ADDRESS' }],
  [id_at_postalCode, 'id_at_postalCode', 'Postal Code', 5, { shortName: 'PostalCode', treeName: 'postalCode', alias: 'szOID_POSTAL_CODE' }],
  ['2.5.4.18', 'id_at_postOfficeBox', 'Post Office Box', 5, { shortName: 'POBox', treeName: 'postOfficeBox', alias: 'szOID_POST_OFFICE_BOX' }],
  ['2.5.4.19', 'id_at_physicalDeliveryOfficeName', 'Physical Delivery Office', 5, { treeName: 'physicalDeliveryOfficeName', alias: 'szOID_PHYSICAL_DELIVERY_OFFICE_NAME' }],
  ['2.5.4.20', 'id_at_telephoneNumber', 'Phone Number', 5, { shortName: 'Phone', treeName: 'telephoneNumber', alias: 'szOID_TELEPHONE_NUMBER' }],
  ['2.5.4.21', 'id_at_telexNumber', 'Telex Number', 5, { treeName: 'telexNumber', alias: 'szOID_TELEX_NUMBER' }],
  ['2.5.4.22', 'id_at_teletexTerminalIdentifier', 'Teletex Terminal Identifier', 5, { treeName: 'teletexTerminalIdentifier', alias: 'szOID_TELETEXT_TERMINAL_IDENTIFIER' }],
  ['2.5.4.23', 'id_at_facsimileTelephoneNumber', 'Facsimile Number', 5, { treeName: 'facsimileTelephoneNumber', alias: 'szOID_FACSIMILE_TELEPHONE_NUMBER' }],
  ['2.5.4.24', 'id_at_x121Address', 'X21 Address', 5, { shortName: 'X21Address', treeName: 'x121Address', alias: 'szOID_X21_ADDRESS' }],
  ['2.5.4.25', 'id_at_internationalISDNNumber', 'International ISDN Number', 5, { treeName: 'internationalISDNNumber', alias: 'szOID_INTERNATIONAL_ISDN_NUMBER' }],
  ['2.5.4.26', 'id_at_registeredAddress', 'Registered Address', 5, { treeName: 'registeredAddress', alias: 'szOID_REGISTERED_ADDRESS' }],
  ['2.5.4.27', 'id_at_destinationIndicator', 'Destination Indicator', 5, { treeName: 'destinationIndicator', alias: 'szOID_DESTINATION_INDICATOR' }],
  ['2.5.4.28', 'id_at_preferredDeliveryMethod', 'Preferred Delivery Method', 5, { treeName: 'preferredDeliveryMethod', alias: 'szOID_PREFERRED_DELIVERY_METHOD' }],
  ['2.5.4.29', 'id_at_presentationAddress', 'Presentation Address', 5, { treeName: 'presentationAddress', alias: 'szOID_PRESENTATION_ADDRESS' }],
  ['2.5.4.30', 'id_at_supportedApplicationContext', 'Supported Application Context', 5, { treeName: 'supportedApplicationContext', alias: 'szOID_SUPPORTED_APPLICATION_CONTEXT' }],
  ['2.5.4.31', 'id_at_member', 'Member', 5, { treeName: 'member', alias: 'szOID_MEMBER' }],
  ['2.5.4.32', 'id_at_owner', 'Owner', 5, { treeName: 'owner', alias: 'szOID_OWNER' }],
  ['2.5.4.33', 'id_at_roleOccupant', 'Role Occupant', 5, { treeName: 'roleOccupant', alias: 'szOID_ROLE_OCCUPANT' }],
  ['2.5.4.34', 'id_at_seeAlso', 'See Also', 5, { treeName: 'seeAlso', alias: 'szOID_SEE_ALSO' }],
  ['2.5.4.35', 'id_at_userPassword', 'User Password', 5, { treeName: 'userPassword', alias: 'szOID_USER_PASSWORD' }],
  ['2.5.4.36', 'id_at_userCertificate', 'User Certificate', 5, { treeName: 'userCertificate', alias: 'szOID_USER_CERTIFICATE' }],
  ['2.5.4.37', 'id_at_cACertificate', 'CA Certificate', 5, { treeName: 'cACertificate', alias: 'szOID_CA_CERTIFICATE' }],
  ['2.5.4.38', 'id_at_authorityRevocationList', 'Authority Revocation List', 5, { treeName: 'authorityRevocationList', alias: 'szOID_AUTHORITY_REVOCATION_LIST' }],
  ['2.5.4.39', 'id_at_certificateRevocationList', 'Certificate Revocation List', 5, { treeName: 'certificateRevocationList', alias: 'szOID_CERTIFICATE_REVOCATION_LIST' }],
  ['2.5.4.40', 'id_at_crossCertificatePair', 'Cross Certificate Pair', 5, { treeName: 'crossCertificatePair', alias: 'szOID_CROSS_CERTIFICATE_PAIR' }],
  ['2.5.4.41', 'id_at_name', 'Name', 5, { shortName: 'Name', treeName: 'name' }],
  [id_at_givenName, 'id_at_givenName', 'Given Name', 5, { shortName: 'G', treeName: 'givenName', alias: 'szOID_GIVEN_NAME' }],
  [id_at_initials, 'id_at_initials', 'Initials', 5, { shortName: 'I', treeName: 'initials', alias: 'szOID_INITIALS' }],
  ['2.5.4.44', 'id_at_generationQualifier', 'Generation Qualifier', 5, { shortName: 'GenerationQualifier', treeName: 'generationQualifier' }],
  [id_at_dnQualifier, 'id_at_dnQualifier', 'DN Qualifier', 5, { shortName: 'dnQualifier', treeName: 'dnQualifier', alias: 'szOID_DN_QUALIFIER' }],
  ['2.5.4.52', 'id_at_supportedAlgorithms', 'Supported Algorithms', 5, { alias: 'szOID_ATTR_SUPPORTED_ALGORITHMS' }],
  ['2.5.4.65', 'id_at_pseudonym', 'Pseudonym', 5, { shortName: 'pseudonym', treeName: 'pseudonym' }],
  ['2.5.4.97', 'id_at_organizationIdentifier', 'Organization Identifier', 5, { shortName: 'organizationIdentifier', treeName: 'organizationIdentifier' }],
  [userId, 'userId', 'User Id', 5, { shortName: 'UID', treeName: 'userID' }],
  ['0.9.2342.19200300.100.1.3', 'rfc822Mailbox', 'RFC 822 Mailbox', 5, { shortName: 'mail', treeName: 'rfc822Mailbox' }],
  [domainComponent, 'domainComponent', 'Domain Component', 5, { shortName: 'DC', treeName: 'domainComponent', alias: 'szOID_DOMAIN_COMPONENT' }],
  ['1.3.6.1.4.1.311.60.2.1.1', 'szOID_EV_RDN_LOCALE', 'Jurisdiction Locality', 5],
  ['1.3.6.1.4.1.311.60.2.1.2', 'szOID_EV_RDN_STATE_OR_PROVINCE', 'Jurisdiction State or Province', 5],
  ['1.3.6.1.4.1.311.60.2.1.3', 'szOID_EV_RDN_COUNTRY', 'Jurisdiction Country/Region', 5],
  ['2.23.133.2.1', 'szOID_RDN_TPM_MANUFACTURER', 'TPM Manufacturer', 5, { shortName: 'TPMManufacturer' }],
  ['2.23.133.2.2', 'szOID_RDN_TPM_MODEL', 'TPM Model', 5, { shortName: 'TPMModel' }],
  ['2.23.133.2.3', 'szOID_RDN_TPM_VERSION', 'TPM Version', 5, { shortName: 'TPMVersion' }],
  ['2.23.133.2.4', 'szOID_RDN_TCG_PLATFORM_MANUFACTURER', 'Platform Manufacturer', 5, { shortName: 'PlatformManufacturer' }],
  ['2.23.133.2.5', 'szOID_RDN_TCG_PLATFORM_MODEL', 'Platform Model', 5, { shortName: 'PlatformModel' }],
  ['2.23.133.2.6', 'szOID_RDN_TCG_PLATFORM_VERSION', 'Platform Version', 5, { shortName: 'PlatformVersion' }],
  ['2.23.133.2.16', 'szOID_ATTR_TPM_SPECIFICATION', 'TPM Specification', 6],
  ['2.23.133.2.17', 'szOID_ATTR_PLATFORM_SPECIFICATION', 'Platform Specification', 6],
  ['2.23.133.2.18', 'szOID_ATTR_TPM_SECURITY_ASSERTIONS', 'TPM Security Assertions', 6],
  // certificate and CRL extensions
  [id_ce_subjectDirectoryAttributes, 'id_ce_subjectDirectoryAttributes', 'Subject Directory Attributes', 6, { treeName: 'subjectDirectoryAttributes', alias: 'szOID_SUBJECT_DIR_ATTRS' }],
  [id_ce_subjectKeyIdentifier, 'id_ce_subjectKeyIdentifier', 'Subject Key Identifier', 6, { treeName: 'subjectKeyIdentifier', alias: 'szOID_SUBJECT_KEY_IDENTIFIER' }],
  [id_ce_keyUsage, 'id_ce_keyUsage', 'Key Usage', 6, { treeName: 'keyUsage', alias: 'szOID_KEY_USAGE' }],
  [id_ce_privateKeyUsagePeriod, 'id_ce_privateKeyUsagePeriod', 'Private Key Usage Period', 6, { treeName: 'privateKeyUsagePeriod', alias: 'szOID_PRIVATEKEY_USAGE_PERIOD' }],
  [id_ce_subjectAltName, 'id_ce_subjectAltName', 'Subject Alternative Name', 6, { treeName: 'subjectAltName', alias: 'szOID_SUBJECT_ALT_NAME2' }],
  [id_ce_issuerAltName, 'id_ce_issuerAltName', 'Issuer Alternative Name', 6, { treeName: 'issuerAltName', alias: 'szOID_ISSUER_ALT_NAME2' }],
  [id_ce_basicConstraints, 'id_ce_basicConstraints', 'Basic Constraints', 6, { treeName: 'basicConstraints', alias: 'szOID_BASIC_CONSTRAINTS2' }],
  [id_ce_cRLNumber, 'id_ce_cRLNumber', 'CRL Number', 6, { treeName: 'cRLNumber', alias: 'szOID_CRL_NUMBER' }],
  [id_ce_cRLReasons, 'id_ce_cRLReasons', 'CRL Reason Code', 6, { treeName: 'cRLReason', alias: 'szOID_CRL_REASON_CODE' }],
  ['2.5.29.23', 'id_ce_holdInstructionCode', 'Hold Instruction Code', 6, { treeName: 'instructionCode', alias: 'szOID_REASON_CODE_HOLD' }],
  [id_ce_invalidityDate, 'id_ce_invalidityDate', 'Invalidity Date', 6, { treeName: 'invalidityDate' }],
  [id_ce_deltaCRLIndicator, 'id_ce_deltaCRLIndicator', 'Delta CRL Indicator', 6, { treeName: 'deltaCRLIndicator', alias: 'szOID_DELTA_CRL_INDICATOR' }],
  [id_ce_issuingDistributionPoint, 'id_ce_issuingDistributionPoint', 'Issuing Distribution Point', 6, { treeName: 'issuingDistributionPoint', alias: 'szOID_ISSUING_DIST_POINT' }],
  [id_ce_certificateIssuer, 'id_ce_certificateIssuer', 'Certificate Issuer', 6, { treeName: 'certificateIssuer' }],
  [id_ce_nameConstraints, 'id_ce_nameConstraints', 'Name Constraints', 6, { treeName: 'nameConstraints', alias: 'szOID_NAME_CONSTRAINTS' }],
  [id_ce_cRLDistributionPoints, 'id_ce_cRLDistributionPoints', 'CRL Distribution Points', 6, { treeName: 'cRLDistributionPoints', alias: 'szOID_CRL_DIST_POINTS' }],
  [id_ce_certificatePolicies, 'id_ce_certificatePolicies', 'Certificate Policies', 6, { treeName: 'certificatePolicies', alias: 'szOID_CERT_POLICIES' }],
  [anyPolicy, 'anyPolicy', 'All issuance policies', 8, { treeName: 'anyPolicy', alias: 'szOID_ANY_CERT_POLICY' }],
  [id_ce_policyMappings, 'id_ce_policyMappings', 'Policy Mappings', 6, { treeName: 'policyMappings', alias: 'szOID_POLICY_MAPPINGS' }],
  [id_ce_authorityKeyIdentifier, 'id_ce_authorityKeyIdentifier', 'Authority Key Identifier', 6, { treeName: 'authorityKeyIdentifier', alias: 'szOID_AUTHORITY_KEY_IDENTIFIER2' }],
  [id_ce_policyConstraints, 'id_ce_policyConstraints', 'Policy Constraints', 6, { treeName: 'policyConstraints', alias: 'szOID_POLICY_CONSTRAINTS' }],
  [id_ce_extKeyUsage, 'id_ce_extKeyUsage', 'Enhanced Key Usage', 6, { treeName: 'extKeyUsage', alias: 'szOID_ENHANCED_KEY_USAGE' }],
  [anyExtendedKeyUsage, 'anyExtendedKeyUsage', 'Any Purpose', 7, { treeName: 'anyExtendedKeyUsage', alias: 'szOID_ANY_ENHANCED_KEY_USAGE' }],
  [id_ce_freshestCRL, 'id_ce_freshestCRL', 'Freshest CRL', 6, { treeName: 'freshestCRL', alias: 'szOID_FRESHEST_CRL' }],
  [id_ce_inhibitAnyPolicy, 'id_ce_inhibitAnyPolicy', 'Inhibit Any Policy', 6, { treeName: 'inhibitAnyPolicy', alias: 'szOID_INHIBIT_ANY_POLICY' }],
  ['2.5.29.60', 'id_ce_expiredCertsOnCRL', 'Expired Certificates On CRL', 6, { treeName: 'expiredCertsOnCRL' }],
  ['2.5.29.1', 'szOID_AUTHORITY_KEY_IDENTIFIER', 'Authority Key Identifier', 6],
  ['2.5.29.2', 'szOID_KEY_ATTRIBUTES', 'Key Attributes', 6],
  ['2.5.29.3', 'szOID_CERT_POLICIES_95', 'Certificate Policies', 6],
  ['2.5.29.4', 'szOID_KEY_USAGE_RESTRICTION', 'Key Usage Restriction', 6],
  ['2.5.29.5', 'szOID_LEGACY_POLICY_MAPPINGS', 'Policy Mappings', 6],
  ['2.5.29.7', 'szOID_SUBJECT_ALT_NAME', 'Subject Alternative Name', 6],
  ['2.5.29.8', 'szOID_ISSUER_ALT_NAME', 'Issuer Alternative Name', 6],
  ['2.5.29.10', 'szOID_BASIC_CONSTRAINTS', 'Basic Constraints', 6],
  [id_pe_authorityInfoAccess, 'id_pe_authorityInfoAccess', 'Authority Information Access', 6, { treeName: 'authorityInfoAccess', alias: 'szOID_AUTHORITY_INFO_ACCESS' }],
  ['1.3.6.1.5.5.7.1.2', 'id_pe_biometricInfo', 'Biometric', 6, { treeName: 'biometricInfo', alias: 'szOID_BIOMETRIC_EXT' }],
  [id_pe_qcStatements, 'id_pe_qcStatements', 'Qualified Certificate Statements', 6, { treeName: 'qcStatements', alias: 'szOID_QC_STATEMENTS_EXT' }],
  [id_pe_subjectInfoAccess, 'id_pe_subjectInfoAccess', 'Subject Information Access', 6, { treeName: 'subjectInfoAccess', alias: 'szOID_SUBJECT_INFO_ACCESS' }],
  ['1.3.6.1.5.5.7.1.12', 'id_pe_logotype', 'Logotype', 6, { treeName: 'logoType', alias: 'szOID_LOGOTYPE_EXT' }],
  [id_pe_tlsfeature, 'id_pe_tlsfeature', 'TLS Feature', 6, { alias: 'szOID_TLS_FEATURES_EXT' }],
  [id_qt_cps, 'id_qt_cps', 'CPS', 6, { treeName: 'cps', alias: 'szOID_PKIX_POLICY_QUALIFIER_CPS' }],
  [id_qt_unotice, 'id_qt_unotice', 'User Notice', 6, { treeName: 'unotice', alias: 'szOID_PKIX_POLICY_QUALIFIER_USERNOTICE' }],
  ['1.3.6.1.5.5.7.20.1', 'szOID_LOYALTY_OTHER_LOGOTYPE', 'Loyalty Logotype', 6],
  ['1.3.6.1.5.5.7.20.2', 'szOID_BACKGROUND_OTHER_LOGOTYPE', 'Background Logotype', 6],
  [id_ad_ocsp, 'id_ad_ocsp', 'On-line Certificate Status Protocol', 6, { treeName: 'ocsp', alias: 'szOID_PKIX_OCSP' }],
  [id_pkix_ocsp_basic, 'id_pkix_ocsp_basic', 'OCSP Basic Response', 6, { treeName: 'ocspBasic', alias: 'szOID_PKIX_OCSP_BASIC_SIGNED_RESPONSE' }],
  [id_pkix_ocsp_nonce, 'id_pkix_ocsp_nonce', 'OCSP Nonce', 6, { treeName: 'ocspNonce', alias: 'szOID_PKIX_OCSP_NONCE' }],
  [id_pkix_ocsp_nocheck, 'id_pkix_ocsp_nocheck', 'OCSP No Revocation Checking', 6, { treeName: 'ocspNoCheck', alias: 'szOID_PKIX_OCSP_NOCHECK' }],
  [id_ad_caIssuers, 'id_ad_caIssuers', 'Certification Authority Issuer', 6, { treeName: 'caIssuers', alias: 'szOID_PKIX_CA_ISSUERS' }],
  ['1.3.6.1.5.5.7.48.3', 'id_ad_timeStamping', 'Time Stamping', 6, { treeName: 'timeStamping', alias: 'szOID_PKIX_TIME_STAMPING' }],
  [id_ad_caRepository, 'id_ad_caRepository', 'Certification Authority Repository', 6, { treeName: 'caRepository', alias: 'szOID_PKIX_CA_REPOSITORY' }],
  ['1.3.6.1.4.1.11129.2.4.2', 'szOID_CT_CERT_SCTLIST', 'SCT List', 6],
  ['1.3.6.1.4.1.11129.2.4.3', 'id_ctPrecertificatePoison', 'CT Precertificate Poison', 6],
  ['0.4.0.1862.1.1', 'szOID_QC_EU_COMPLIANCE', 'EU Qualified Certificate', 6, { treeName: 'etsiQcsCompliance' }],
  ['0.4.0.1862.1.4', 'szOID_QC_SSCD', 'Secure Signature Creation Device', 6, { treeName: 'etsiQcsQcSSCD' }],
  ['2.16.840.1.113730.1.1', 'szOID_NETSCAPE_CERT_TYPE', 'Netscape Cert Type', 6, { treeName: 'netscape-cert-type' }],
  ['2.16.840.1.113730.1.2', 'szOID_NETSCAPE_BASE_URL', 'Netscape Base URL', 6, { treeName: 'netscape-base-url' }],
  ['2.16.840.1.113730.1.3', 'szOID_NETSCAPE_REVOCATION_URL', 'Netscape Revocation URL', 6, { treeName: 'netscape-revocation-url' }],
  ['2.16.840.1.113730.1.4', 'szOID_NETSCAPE_CA_REVOCATION_URL', 'Netscape CA Revocation URL', 6, { treeName: 'netscape-ca-revocation-url' }],
  ['2.16.840.1.113730.1.7', 'szOID_NETSCAPE_CERT_RENEWAL_URL', 'Netscape Cert Renewal URL', 6, { treeName: 'netscape-cert-renewal-url' }],
  ['2.16.840.1.113730.1.8', 'szOID_NETSCAPE_CA_POLICY_URL', 'Netscape CA Policy URL', 6, { treeName: 'netscape-ca-policy-url' }],
  ['2.16.840.1.113730.1.12', 'szOID_NETSCAPE_SSL_SERVER_NAME', 'Netscape SSL ServerName', 6, { treeName: 'netscape-ssl-server-name' }],
  ['2.16.840.1.113730.1.13', 'szOID_NETSCAPE_COMMENT', 'Netscape Comment', 6, { treeName: 'netscape-comment' }],
  ['2.16.840.1.113730.2.5', 'szOID_NETSCAPE_CERT_SEQUENCE', 'Netscape Certificate Sequence', 6],
  ['2.16.840.1.113733.1.6.9', 'szOID_VERISIGN_PRIVATE_6_9', 'VeriSign Private 6.9', 6],
  ['2.16.840.1.113733.1.6.11', 'szOID_VERISIGN_ONSITE_JURISDICTION_HASH', 'VeriSign OnSite Jurisdiction Hash', 6],
  ['2.16.840.1.113733.1.6.13', 'szOID_VERISIGN_BITSTRING_6_13', 'VeriSign Bit String 6.13', 6],
  ['2.16.840.1.113733.1.7.1.1', 'szOID_CERT_POLICIES_95_QUALIFIER1', 'Certificate Policy Qualifier 1', 6],
  ['1.2.840.113533.7.65.0', 'entrustVersInfo', 'Entrust Version Information', 6, { treeName: 'entrustVersInfo' }],
  // enhanced key usages
  [id_kp_serverAuth, 'id_kp_serverAuth', 'Server Authentication', 7, { treeName: 'serverAuth', alias: 'szOID_PKIX_KP_SERVER_AUTH' }],
  [id_kp_clientAuth, 'id_kp_clientAuth', 'Client Authentication', 7, { treeName: 'clientAuth', alias: 'szOID_PKIX_KP_CLIENT_AUTH' }],
  [id_kp_codeSigning, 'id_kp_codeSigning', 'Code Signing', 7, { treeName: 'codeSigning', alias: 'szOID_PKIX_KP_CODE_SIGNING' }],
  [id_kp_emailProtection, 'id_kp_emailProtection', 'Secure Email', 7, { treeName: 'emailProtection', alias: 'szOID_PKIX_KP_EMAIL_PROTECTION' }],
  [id_kp_ipsecEndSystem, 'id_kp_ipsecEndSystem', 'IP security end system', 7, { treeName: 'ipsecEndSystem', alias: 'szOID_PKIX_KP_IPSEC_END_SYSTEM' }],
  [id_kp_ipsecTunnel, 'id_kp_ipsecTunnel', 'IP security tunnel termination', 7, { treeName: 'ipsecTunnel', alias: 'szOID_PKIX_KP_IPSEC_TUNNEL' }],
  [id_kp_ipsecUser, 'id_kp_ipsecUser', 'IP security user', 7, { treeName: 'ipsecUser', alias: 'szOID_PKIX_KP_IPSEC_USER' }],
  [id_kp_timeStamping, 'id_kp_timeStamping', 'Time Stamping', 7, { treeName: 'timeStamping', alias: 'szOID_PKIX_KP_TIMESTAMP_SIGNING' }],
  [id_kp_OCSPSigning, 'id_kp_OCSPSigning', 'OCSP Signing', 7, { treeName: 'ocspSigning', alias: 'szOID_PKIX_KP_OCSP_SIGNING' }],
  ['1.3.6.1.5.5.7.3.17', 'id_kp_ipsecIKE', 'IP security IKE', 7],
  [id_kp_cmcCA, 'id_kp_cmcCA', 'CMC Certification Authority', 7],
  [id_kp_cmcRA, 'id_kp_cmcRA', 'CMC Registration Authority', 7],
  ['1.3.6.1.5.5.7.3.29', 'id_kp_cmcArchive', 'CMC Archive Server', 7],
  [szOID_IPSEC_KP_IKE_INTERMEDIATE, 'szOID_IPSEC_KP_IKE_INTERMEDIATE', 'IP security IKE intermediate', 7, { treeName: 'ikeIntermediate' }],
  [id_pkinit_KPClientAuth, 'id_pkinit_KPClientAuth', 'PKINIT Client Authentication', 7],
  [id_pkinit_KPKdc, 'id_pkinit_KPKdc', 'KDC Authentication', 7, { alias: 'szOID_PKINIT_KP_KDC' }],
  [szOID_KP_TPM_EK_CERTIFICATE, 'szOID_KP_TPM_EK_CERTIFICATE', 'Endorsement Key Certificate', 7],
  ['2.23.133.8.2', 'szOID_KP_TPM_PLATFORM_CERTIFICATE', 'Platform Certificate', 7],
  [szOID_KP_TPM_AIK_CERTIFICATE, 'szOID_KP_TPM_AIK_CERTIFICATE', 'Attestation Identity Key Certificate', 7],
  ['2.16.840.1.113730.4.1', 'szOID_SGC_NETSCAPE', 'Netscape Server Gated Crypto', 7, { treeName: 'serverGatedCrypto' }],
  ['2.16.840.1.113733.1.8.1', 'szOID_VERISIGN_ISS_STRONG_CRYPTO', 'VeriSign Strong Crypto', 7],
  // CMC controls
  [id_cmc_statusInfo, 'id_cmc_statusInfo', 'CMC Status Info', 6, { alias: 'szOID_CMC_STATUS_INFO' }],
  [id_cmc_identification, 'id_cmc_identification', 'CMC Identification', 6, { alias: 'szOID_CMC_IDENTIFICATION' }],
  [id_cmc_identityProof, 'id_cmc_identityProof', 'CMC Identity Proof', 6, { alias: 'szOID_CMC_IDENTITY_PROOF' }],
  [id_cmc_dataReturn, 'id_cmc_dataReturn', 'CMC Data Return', 6, { alias: 'szOID_CMC_DATA_RETURN' }],
  [id_cmc_transactionId, 'id_cmc_transactionId', 'Transaction Id', 6, { alias: 'szOID_CMC_TRANSACTION_ID' }],
  [id_cmc_senderNonce, 'id_cmc_senderNonce', 'Sender Nonce', 6, { alias: 'szOID_CMC_SENDER_NONCE' }],
  [id_cmc_recipientNonce, 'id_cmc_recipientNonce', 'Recipient Nonce', 6, { alias: 'szOID_CMC_RECIPIENT_NONCE' }],
  [id_cmc_addExtensions, 'id_cmc_addExtensions', 'CMC Extensions', 6, { alias: 'szOID_CMC_ADD_EXTENSIONS' }],
  [id_cmc_encryptedPOP, 'id_cmc_encryptedPOP', 'Encrypted POP', 6, { alias: 'szOID_CMC_ENCRYPTED_POP' }],
  [id_cmc_decryptedPOP, 'id_cmc_decryptedPOP', 'Decrypted POP', 6, { alias: 'szOID_CMC_DECRYPTED_POP' }],
  [id_cmc_lraPOPWitness, 'id_cmc_lraPOPWitness', 'LRA POP Witness', 6, { alias: 'szOID_CMC_LRA_POP_WITNESS' }],
  [id_cmc_getCert, 'id_cmc_getCert', 'Get Certificate', 6, { alias: 'szOID_CMC_GET_CERT' }],
  [id_cmc_getCRL, 'id_cmc_getCRL', 'Get CRL', 6, { alias: 'szOID_CMC_GET_CRL' }],
  [id_cmc_revokeRequest, 'id_cmc_revokeRequest', 'Revoke Request', 6, { alias: 'szOID_CMC_REVOKE_REQUEST' }],
  [id_cmc_regInfo, 'id_cmc_regInfo', 'Reg Info', 6, { alias: 'szOID_CMC_REG_INFO' }],
  [id_cmc_responseInfo, 'id_cmc_responseInfo', 'Response Info', 6, { alias: 'szOID_CMC_RESPONSE_INFO' }],
  [id_cmc_queryPending, 'id_cmc_queryPending', 'Query Pending', 6, { alias: 'szOID_CMC_QUERY_PENDING' }],
  [id_cmc_popLinkRandom, 'id_cmc_popLinkRandom', 'ID POP Link Random', 6, { alias: 'szOID_CMC_ID_POP_LINK_RANDOM' }],
  [id_cmc_popLinkWitness, 'id_cmc_popLinkWitness', 'ID POP Link Witness', 6, { alias: 'szOID_CMC_ID_POP_LINK_WITNESS' }],
  [id_cmc_confirmCertAcceptance, 'id_cmc_confirmCertAcceptance', 'ID Confirm Certificate Acceptance', 6, { alias: 'szOID_CMC_ID_CONFIRM_CERT_ACCEPTANCE' }],
  [id_cmc_statusInfoV2, 'id_cmc_statusInfoV2', 'CMC Status Info V2', 6],
  [id_cmc_trustedAnchors, 'id_cmc_trustedAnchors', 'Trusted Anchors', 6],
  ['1.3.6.1.5.5.7.7.27', 'id_cmc_authData', 'CMC Authenticated Data', 6],
  [id_cmc_batchRequests, 'id_cmc_batchRequests', 'Batch Requests', 6],
  [id_cmc_batchResponses, 'id_cmc_batchResponses', 'Batch Responses', 6],
  [id_cmc_publishCert, 'id_cmc_publishCert', 'Publish Certificate', 6],
  ['1.3.6.1.5.5.7.7.31', 'id_cmc_modCertTemplate', 'Modify Certificate Template', 6],
  [id_cmc_controlProcessed, 'id_cmc_controlProcessed', 'Control Processed', 6],
  [id_cmc_popLinkWitnessV2, 'id_cmc_popLinkWitnessV2', 'ID POP Link Witness V2', 6],
  [id_cmc_identityProofV2, 'id_cmc_identityProofV2', 'CMC Identity Proof V2', 6],
  // Microsoft: Authenticode (1.3.6.1.4.1.311.2)
  ['1.3.6.1.4.1.311.2.1.4', 'SPC_INDIRECT_DATA_OBJID', 'Indirect Data', 6, { treeName: 'spcIndirectDataContext' }],
  ['1.3.6.1.4.1.311.2.1.10', 'SPC_SP_AGENCY_INFO_OBJID', 'SpcSpAgencyInfo', 6, { treeName: 'spcAgencyInfo' }],
  ['1.3.6.1.4.1.311.2.1.11', 'SPC_STATEMENT_TYPE_OBJID', 'Statement Type', 6, { treeName: 'spcStatementType' }],
  ['1.3.6.1.4.1.311.2.1.12', 'SPC_SP_OPUS_INFO_OBJID', 'Opus Info', 6, { treeName: 'spcSpOpusInfo' }],
  [szOID_CERT_EXTENSIONS, 'szOID_CERT_EXTENSIONS', 'Certificate Extensions', 6, { treeName: 'certReqExtensions', alias: 'SPC_CERT_EXTENSIONS_OBJID' }],
  ['1.3.6.1.4.1.311.2.1.15', 'SPC_PE_IMAGE_DATA_OBJID', 'PE Image Data', 6, { treeName: 'spcPEImageData' }],
  ['1.3.6.1.4.1.311.2.1.18', 'SPC_RAW_FILE_DATA_OBJID', 'Raw File Data', 6, { treeName: 'spcRawFileData' }],
  ['1.3.6.1.4.1.311.2.1.19', 'SPC_STRUCTURED_STORAGE_DATA_OBJID', 'Structured Storage Data', 6, { treeName: 'spcStructuredStorageData' }],
  ['1.3.6.1.4.1.311.2.1.20', 'SPC_JAVA_CLASS_DATA_OBJID', 'Java Class Data', 6, { treeName: 'spcJavaClassData' }],
  ['1.3.6.1.4.1.311.2.1.21', 'SPC_INDIVIDUAL_SP_KEY_PURPOSE_OBJID', 'Individual Code Signing', 7, { treeName: 'individualCodeSigning' }],
  ['1.3.6.1.4.1.311.2.1.22', 'SPC_COMMERCIAL_SP_KEY_PURPOSE_OBJID', 'Commercial Code Signing', 7, { treeName: 'commercialCodeSigning' }],
  ['1.3.6.1.4.1.311.2.1.25', 'SPC_CAB_DATA_OBJID', 'CAB Data', 6, { alias: 'SPC_GLUE_RDN_OBJID' }],
  ['1.3.6.1.4.1.311.2.1.26', 'SPC_MINIMAL_CRITERIA_OBJID', 'SpcMinimalCriteria', 6, { treeName: 'spcMinimalCriteriaInfo' }],
  ['1.3.6.1.4.1.311.2.1.27', 'SPC_FINANCIAL_CRITERIA_OBJID', 'Financial Criteria', 6, { treeName: 'spcFinancialCriteriaInfo' }],
  ['1.3.6.1.4.1.311.2.1.28', 'SPC_LINK_OBJID', 'Link', 6, { treeName: 'spcLink' }],
  ['1.3.6.1.4.1.311.2.1.29', 'SPC_HASH_INFO_OBJID', 'Hash Info', 6, { treeName: 'spcHashInfo' }],
  ['1.3.6.1.4.1.311.2.1.30', 'SPC_SIPINFO_OBJID', 'SIP Info', 6, { treeName: 'spcSipInfo', alias: 'SPC_SIGINFO_OBJID' }],
  ['1.3.6.1.4.1.311.2.2', '', 'Trusted CA Lists'],
  ['1.3.6.1.4.1.311.2.2.1', 'szOID_TRUSTED_CODESIGNING_CA_LIST', 'Trusted Code Signing CA List', 6],
  ['1.3.6.1.4.1.311.2.2.2', 'szOID_TRUSTED_CLIENT_AUTH_CA_LIST', 'Trusted Client Authentication CA List', 6],
  ['1.3.6.1.4.1.311.2.2.3', 'szOID_TRUSTED_SERVER_AUTH_CA_LIST', 'Trusted Server Authentication CA List', 6],
  // Microsoft: time stamping (1.3.6.1.4.1.311.3)
  ['1.3.6.1.4.1.311.3.2.1', 'SPC_TIME_STAMP_REQUEST_OBJID', 'Time Stamp Request', 6, { treeName: 'timestampRequest' }],
  ['1.3.6.1.4.1.311.3.3.1', 'szOID_RFC3161_counterSign', 'RFC 3161 Counter Sign', 6],
  // Microsoft: Crypto 2.0 (1.3.6.1.4.1.311.10)
  [szOID_CTL, 'szOID_CTL', 'Certificate Trust List', 6, { treeName: 'certTrustList' }],
  ['1.3.6.1.4.1.311.10.1.1', 'szOID_SORTED_CTL', 'Sorted Certificate Trust List', 6, { treeName: 'sortedCtl' }],
  [szOID_NEXT_UPDATE_LOCATION, 'szOID_NEXT_UPDATE_LOCATION', 'Next Update Location', 6, { treeName: 'nextUpdateLocation' }],
  [szOID_KP_CTL_USAGE_SIGNING, 'szOID_KP_CTL_USAGE_SIGNING', 'Microsoft Trust List Signing', 7, { treeName: 'certTrustListSigning' }],
  [szOID_KP_TIME_STAMP_SIGNING, 'szOID_KP_TIME_STAMP_SIGNING', 'Microsoft Time Stamping', 7, { treeName: 'timeStampSigning' }],
  [szOID_SERVER_GATED_CRYPTO, 'szOID_SERVER_GATED_CRYPTO', 'Microsoft Server Gated Crypto', 7, { treeName: 'serverGatedCrypto' }],
  [szOID_SERIALIZED, 'szOID_SERIALIZED', 'Serialized Signature Serial Number', 6, { treeName: 'serialized' }],
  [szOID_EFS_CRYPTO, 'szOID_EFS_CRYPTO', 'Encrypting File System', 7, { treeName: 'encryptedFileSystem', alias: 'szOID_KP_EFS' }],
  [szOID_EFS_RECOVERY, 'szOID_EFS_RECOVERY', 'File Recovery', 7],
  ['1.3.6.1.4.1.311.10.3.5', 'szOID_WHQL_CRYPTO', 'Windows Hardware Driver Verification', 7, { treeName: 'whqlCrypto' }],
  ['1.3.6.1.4.1.311.10.3.5.1', 'szOID_ATTEST_WHQL_CRYPTO', 'Windows Hardware Driver Attested Verification', 7],
  ['1.3.6.1.4.1.311.10.3.6', 'szOID_NT5_CRYPTO', 'Windows System Component Verification', 7, { treeName: 'nt5Crypto' }],
  ['1.3.6.1.4.1.311.10.3.7', 'szOID_OEM_WHQL_CRYPTO', 'OEM Windows System Component Verification', 7, { treeName: 'oemWHQLCrypto' }],
  ['1.3.6.1.4.1.311.10.3.8', 'szOID_EMBEDDED_NT_CRYPTO', 'Embedded Windows System Component Verification', 7, { treeName: 'embeddedNTCrypto' }],
  [szOID_ROOT_LIST_SIGNER, 'szOID_ROOT_LIST_SIGNER', 'Root List Signer', 7, { treeName: 'rootListSigner' }],
  [szOID_KP_QUALIFIED_SUBORDINATION, 'szOID_KP_QUALIFIED_SUBORDINATION', 'Qualified Subordination', 7],
  [szOID_KP_KEY_RECOVERY, 'szOID_KP_KEY_RECOVERY', 'Key Recovery', 7],
  [szOID_KP_DOCUMENT_SIGNING, 'szOID_KP_DOCUMENT_SIGNING', 'Document Signing', 7],
  [szOID_KP_LIFETIME_SIGNING, 'szOID_KP_LIFETIME_SIGNING', 'Lifetime Signing', 7],
  ['1.3.6.1.4.1.311.10.3.14', 'szOID_KP_MOBILE_DEVICE_SOFTWARE', 'Mobile Device Software', 7],
  ['1.3.6.1.4.1.311.10.3.15', 'szOID_KP_SMART_DISPLAY', 'Smart Display', 7],
  ['1.3.6.1.4.1.311.10.3.16', 'szOID_KP_CSP_SIGNATURE', 'CSP Signature', 7],
  ['1.3.6.1.4.1.311.10.3.19', 'szOID_REVOKED_LIST_SIGNER', 'Revoked List Signer', 7],
  ['1.3.6.1.4.1.311.10.3.20', 'szOID_WINDOWS_KITS_SIGNER', 'Windows Kits Component', 7],
  ['1.3.6.1.4.1.311.10.3.21', 'szOID_WINDOWS_RT_SIGNER', 'Windows RT Verification', 7],
  ['1.3.6.1.4.1.311.10.3.22', 'szOID_PROTECTED_PROCESS_LIGHT_SIGNER', 'Protected Process Light Verification', 7],
  ['1.3.6.1.4.1.311.10.3.23', 'szOID_WINDOWS_TCB_SIGNER', 'Windows TCB Component', 7],
  ['1.3.6.1.4.1.311.10.3.24', 'szOID_PROTECTED_PROCESS_SIGNER', 'Protected Process Verification', 7],
  ['1.3.6.1.4.1.311.10.3.25', 'szOID_WINDOWS_THIRD_PARTY_COMPONENT_SIGNER', 'Windows Third Party Application Component', 7],
  ['1.3.6.1.4.1.311.10.3.26', 'szOID_WINDOWS_SOFTWARE_EXTENSION_SIGNER', 'Windows Software Extension Verification', 7],
  ['1.3.6.1.4.1.311.10.3.27', 'szOID_KP_FLIGHT_SIGNING', 'Preview Build Signing', 7],
  ['1.3.6.1.4.1.311.10.3.28', 'szOID_PLATFORM_MANIFEST_BINARY_ID', 'Platform Manifest Binary Id', 6],
  ['1.3.6.1.4.1.311.10.3.30', 'szOID_DISALLOWED_LIST', 'Disallowed List', 7],
  ['1.3.6.1.4.1.311.10.3.31', 'szOID_PIN_RULES_SIGNER', 'Pin Rules Signer', 7],
  ['1.3.6.1.4.1.311.10.3.32', 'szOID_PIN_RULES_CTL', 'Pin Rules', 7],
  ['1.3.6.1.4.1.311.10.3.33', 'szOID_PIN_RULES_EXT', 'Pin Rules Extension', 6],
  ['1.3.6.1.4.1.311.10.3.34', 'szOID_PIN_RULES_DOMAIN_NAME', 'Pin Rules Domain Name', 7],
  ['1.3.6.1.4.1.311.10.3.35', 'szOID_PIN_RULES_LOG_END_DATE_EXT', 'Pin Rules Log End Date', 6],
  ['1.3.6.1.4.1.311.10.3.37', 'szOID_IUM_SIGNING', 'Isolated User Mode Signing', 7],
  ['1.3.6.1.4.1.311.10.3.39', 'szOID_EV_WHQL_CRYPTO', 'Windows Hardware Driver Extended Verification', 7],
  ['1.3.6.1.4.1.311.10.3.41', 'szOID_BIOMETRIC_SIGNING', 'Biometric Signing', 7],
  ['1.3.6.1.4.1.311.10.3.42', 'szOID_ENCLAVE_SIGNING', 'Enclave Signing', 7],
  ['1.3.6.1.4.1.311.10.3.50', 'szOID_SYNC_ROOT_CTL_EXT', 'Sync Root List', 6],
  ['1.3.6.1.4.1.311.10.3.60', 'szOID_HPKP_DOMAIN_NAME_CTL', 'HPKP Domain Name', 7],
  ['1.3.6.1.4.1.311.10.3.61', 'szOID_HPKP_HEADER_VALUE_CTL', 'HPKP Header Value', 7],
  ['1.3.6.1.4.1.311.10.4.1', 'szOID_YESNO_TRUST_ATTR', 'Yes-No Trust', 6, { treeName: 'yesnoTrustAttr' }],
  ['1.3.6.1.4.1.311.10.4.2', 'szOID_SITE_PIN_RULES_INDEX_ATTR', 'Site Pin Rules Index', 6],
  ['1.3.6.1.4.1.311.10.4.3', 'szOID_SITE_PIN_RULES_FLAGS_ATTR', 'Site Pin Rules Flags', 6],
  ['1.3.6.1.4.1.311.10.5.1', 'szOID_DRM', 'Digital Rights', 7],
  ['1.3.6.1.4.1.311.10.5.2', 'szOID_DRM_INDIVIDUALIZATION', 'Digital Rights Individualization', 7],
  ['1.3.6.1.4.1.311.10.6.1', 'szOID_LICENSES', 'Key Pack Licenses', 7],
  ['1.3.6.1.4.1.311.10.6.2', 'szOID_LICENSE_SERVER', 'License Server Verification', 7],
  ['1.3.6.1.4.1.311.10.7', 'szOID_MICROSOFT_RDN_PREFIX', 'Microsoft RDN Prefix'],
  [szOID_KEYID_RDN, 'szOID_KEYID_RDN', 'Key Id', 5, { shortName: 'KeyID' }],
  ['1.3.6.1.4.1.311.10.8.1', 'szOID_REMOVE_CERTIFICATE', 'Remove Certificate', 6],
  [szOID_CROSS_CERT_DIST_POINTS, 'szOID_CROSS_CERT_DIST_POINTS', 'Cross-Certificate Distribution Points', 6],
  ['1.3.6.1.4.1.311.10.10', '', 'Microsoft CMC'],
  [szOID_CMC_ADD_ATTRIBUTES, 'szOID_CMC_ADD_ATTRIBUTES', 'CMC Attributes', 6],
  ['1.3.6.1.4.1.311.10.11', 'szOID_CERT_PROP_ID_PREFIX', 'Certificate Property Prefix'],
  ['1.3.6.1.4.1.311.10.11.4', 'szOID_CERT_MD5_HASH_PROP_ID', 'Cert MD5 Hash', 6],
  ['1.3.6.1.4.1.311.10.11.15', 'szOID_CERT_SIGNATURE_HASH_PROP_ID', 'Cert Signature Hash', 6],
  ['1.3.6.1.4.1.311.10.11.20', 'szOID_CERT_KEY_IDENTIFIER_PROP_ID', 'Cert Key Identifier', 6],
  ['1.3.6.1.4.1.311.10.11.28', 'szOID_CERT_ISSUER_SERIAL_NUMBER_MD5_HASH_PROP_ID', 'Cert Issuer Serial Number MD5 Hash', 6],
  ['1.3.6.1.4.1.311.10.11.29', 'szOID_CERT_SUBJECT_NAME_MD5_HASH_PROP_ID', 'Cert Subject Name MD5 Hash', 6],
  ['1.3.6.1.4.1.311.10.11.104', 'szOID_CERT_DISALLOWED_FILETIME_PROP_ID', 'Cert Disallowed File Time', 6],
  ['1.3.6.1.4.1.311.10.12', '', 'CryptUI'],
  [szOID_ANY_APPLICATION_POLICY, 'szOID_ANY_APPLICATION_POLICY', 'All application policies', 7],
  // Microsoft: catalogs, requests, PKCS #12 (1.3.6.1.4.1.311.12 to 19)
  ['1.3.6.1.4.1.311.12.1.1', 'szOID_CATALOG_LIST', 'Catalog List', 6],
  ['1.3.6.1.4.1.311.12.1.2', 'szOID_CATALOG_LIST_MEMBER', 'Catalog List Member', 6],
  ['1.3.6.1.4.1.311.12.1.3', 'szOID_CATALOG_LIST_MEMBER2', 'Catalog List Member 2', 6],
  ['1.3.6.1.4.1.311.12.2.1', 'CAT_NAMEVALUE_OBJID', 'Catalog Name Value', 6],
  ['1.3.6.1.4.1.311.12.2.2', 'CAT_MEMBERINFO_OBJID', 'Catalog Member Info', 6],
  ['1.3.6.1.4.1.311.12.2.3', 'CAT_MEMBERINFO2_OBJID', 'Catalog Member Info 2', 6],
  [szOID_RENEWAL_CERTIFICATE, 'szOID_RENEWAL_CERTIFICATE', 'Renewal Certificate', 6],
  [szOID_ENROLLMENT_NAME_VALUE_PAIR, 'szOID_ENROLLMENT_NAME_VALUE_PAIR', 'Enrollment Name Value Pair', 6],
  [szOID_ENROLLMENT_CSP_PROVIDER, 'szOID_ENROLLMENT_CSP_PROVIDER', 'Enrollment CSP', 6],
  [szOID_OS_VERSION, 'szOID_OS_VERSION', 'OS Version', 6],
  ['1.3.6.1.4.1.311.15', '', 'Microsoft Java'],
  ['1.3.6.1.4.1.311.16', '', 'Microsoft Outlook/Exchange'],
  [szOID_MICROSOFT_Encryption_Key_Preference, 'szOID_MICROSOFT_Encryption_Key_Preference', 'Microsoft Encryption Key Preference', 6, { treeName: 'microsoftRecipientInfo' }],
  [szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR, 'szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR', 'Key Provider Name', 6, { treeName: 'microsoftPKCS12KeyProviderNameAttr' }],
  [szOID_LOCAL_MACHINE_KEYSET, 'szOID_LOCAL_MACHINE_KEYSET', 'Local Machine Keyset', 6, { treeName: 'localMachineKeyset' }],
  [szOID_PKCS_12_EXTENDED_ATTRIBUTES, 'szOID_PKCS_12_EXTENDED_ATTRIBUTES', 'PKCS 12 Extended Attributes', 6],
  [szOID_PKCS_12_PROTECTED_PASSWORD_SECRET_BAG_TYPE_ID, 'szOID_PKCS_12_PROTECTED_PASSWORD_SECRET_BAG_TYPE_ID', 'PKCS 12 Protected Password', 6],
  ['1.3.6.1.4.1.311.18', '', 'Microsoft Hydra'],
  ['1.3.6.1.4.1.311.18.1', 'szOID_PKIX_LICENSE_INFO', 'License Info', 6],
  ['1.3.6.1.4.1.311.18.2', 'szOID_PKIX_MANUFACTURER', 'Manufacturer', 6],
  ['1.3.6.1.4.1.311.18.3', 'szOID_PKIX_MANUFACTURER_MS_SPECIFIC', 'Manufacturer Specific Data', 6],
  ['1.3.6.1.4.1.311.18.4', 'szOID_PKIX_HYDRA_CERT_VERSION', 'Hydra Certificate Version', 6],
  ['1.3.6.1.4.1.311.18.5', 'szOID_PKIX_LICENSED_PRODUCT_INFO', 'Licensed Product Info', 6],
  ['1.3.6.1.4.1.311.18.6', 'szOID_PKIX_MS_LICENSE_SERVER_INFO', 'License Server Info', 6],
  ['1.3.6.1.4.1.311.18.7', 'szOID_PKIS_PRODUCT_SPECIFIC_OID', 'Product Specific', 6],
  ['1.3.6.1.4.1.311.18.8', 'szOID_PKIS_TLSERVER_SPK_OID', 'Terminal Services License Server SPK', 6],
  ['1.3.6.1.4.1.311.19', '', 'Microsoft ISPU Test'],
  // Microsoft: enrollment infrastructure (1.3.6.1.4.1.311.20)
  [szOID_AUTO_ENROLL_CTL_USAGE, 'szOID_AUTO_ENROLL_CTL_USAGE', 'CTL Usage', 7, { treeName: 'autoEnrollCtlUsage' }],
  [szOID_ENROLL_CERTTYPE_EXTENSION, 'szOID_ENROLL_CERTTYPE_EXTENSION', 'Certificate Template Name', 6],
  [szOID_ENROLLMENT_AGENT, 'szOID_ENROLLMENT_AGENT', 'Certificate Request Agent', 7, { treeName: 'enrollmentAgent' }],
  [szOID_KP_SMARTCARD_LOGON, 'szOID_KP_SMARTCARD_LOGON', 'Smart Card Logon', 7, { treeName: 'smartcardLogon' }],
  [szOID_NT_PRINCIPAL_NAME, 'szOID_NT_PRINCIPAL_NAME', 'Principal Name', 6],
  [szOID_INTERNATIONALIZED_EMAIL_ADDRESS, 'szOID_INTERNATIONALIZED_EMAIL_ADDRESS', 'Internationalized Email Address', 6],
  [szOID_CERT_MANIFOLD, 'szOID_CERT_MANIFOLD', 'Certificate Manifold', 6, { treeName: 'certManifold' }],
  // Microsoft: Certificate Services (1.3.6.1.4.1.311.21)
  [szOID_CERTSRV_CA_VERSION, 'szOID_CERTSRV_CA_VERSION', 'CA Version', 6],
  [szOID_CERTSRV_PREVIOUS_CERT_HASH, 'szOID_CERTSRV_PREVIOUS_CERT_HASH', 'Previous CA Certificate Hash', 6],
  [szOID_CRL_VIRTUAL_BASE, 'szOID_CRL_VIRTUAL_BASE', 'Virtual Base CRL Number', 6],
  [szOID_CRL_NEXT_PUBLISH, 'szOID_CRL_NEXT_PUBLISH', 'Next CRL Publish', 6],
  [szOID_KP_CA_EXCHANGE, 'szOID_KP_CA_EXCHANGE', 'Private Key Archival', 7],
  [szOID_KP_KEY_RECOVERY_AGENT, 'szOID_KP_KEY_RECOVERY_AGENT', 'Key Recovery Agent', 7],
  [szOID_CERTIFICATE_TEMPLATE, 'szOID_CERTIFICATE_TEMPLATE', 'Certificate Template Information', 6],
  [szOID_ENTERPRISE_OID_ROOT, 'szOID_ENTERPRISE_OID_ROOT', 'Enterprise Root OID', 6],
  [szOID_RDN_DUMMY_SIGNER, 'szOID_RDN_DUMMY_SIGNER', 'Dummy Signer', 5],
  [szOID_APPLICATION_CERT_POLICIES, 'szOID_APPLICATION_CERT_POLICIES', 'Application Policies', 6],
  [szOID_APPLICATION_POLICY_MAPPINGS, 'szOID_APPLICATION_POLICY_MAPPINGS', 'Application Policy Mappings', 6],
  [szOID_APPLICATION_POLICY_CONSTRAINTS, 'szOID_APPLICATION_POLICY_CONSTRAINTS', 'Application Policy Constraints', 6],
  [szOID_ARCHIVED_KEY_ATTR, 'szOID_ARCHIVED_KEY_ATTR', 'Encrypted Private Key', 6],
  [szOID_CRL_SELF_CDP, 'szOID_CRL_SELF_CDP', 'Published CRL Locations', 6],
  [szOID_REQUIRE_CERT_CHAIN_POLICY, 'szOID_REQUIRE_CERT_CHAIN_POLICY', 'Enforce Certificate Chain Policy', 6],
  [szOID_ARCHIVED_KEY_CERT_HASH, 'szOID_ARCHIVED_KEY_CERT_HASH', 'Archived Key Certificate Hash', 6],
  [szOID_ISSUED_CERT_HASH, 'szOID_ISSUED_CERT_HASH', 'Issued Certificate Hash', 6],
  [szOID_DS_EMAIL_REPLICATION, 'szOID_DS_EMAIL_REPLICATION', 'Directory Service Email Replication', 7],
  [szOID_REQUEST_CLIENT_INFO, 'szOID_REQUEST_CLIENT_INFO', 'Client Information', 6],
  [szOID_ENCRYPTED_KEY_HASH, 'szOID_ENCRYPTED_KEY_HASH', 'Encrypted Private Key Hash', 6],
  [szOID_CERTSRV_CROSSCA_VERSION, 'szOID_CERTSRV_CROSSCA_VERSION', 'Cross CA Version', 6],
  [szOID_ENROLL_EK_INFO, 'szOID_ENROLL_EK_INFO', 'Endorsement Key Information', 6],
  [szOID_ENROLL_ATTESTATION_STATEMENT, 'szOID_ENROLL_ATTESTATION_STATEMENT', 'Attestation Statement', 6],
  [szOID_ENROLL_KSP_NAME, 'szOID_ENROLL_KSP_NAME', 'Enrollment KSP', 6],
  [szOID_ENROLL_EKPUB_CHALLENGE, 'szOID_ENROLL_EKPUB_CHALLENGE', 'Endorsement Key Challenge', 6],
  [szOID_ENROLL_CAXCHGCERT_HASH, 'szOID_ENROLL_CAXCHGCERT_HASH', 'CA Exchange Certificate Hash', 6],
  [szOID_ENROLL_ATTESTATION_CHALLENGE, 'szOID_ENROLL_ATTESTATION_CHALLENGE', 'Attestation Challenge', 6],
  [szOID_ENROLL_ENCRYPTION_ALGORITHM, 'szOID_ENROLL_ENCRYPTION_ALGORITHM', 'Encryption Algorithm', 6],
  [szOID_ENROLL_EKVERIFYKEY, 'szOID_ENROLL_EKVERIFYKEY', 'Endorsement Key Verified by Key', 7],
  [szOID_ENROLL_EKVERIFYCERT, 'szOID_ENROLL_EKVERIFYCERT', 'Endorsement Key Verified by Certificate', 7],
  [szOID_ENROLL_EKVERIFYCREDS, 'szOID_ENROLL_EKVERIFYCREDS', 'Endorsement Key Verified by Credentials', 7],
  ['1.3.6.1.4.1.311.21.33', 'szOID_ENROLL_SCEP_ERROR', 'SCEP Error', 6],
  ['1.3.6.1.4.1.311.21.34', 'szOID_ENROLL_SCEP_SERVER_STATE', 'SCEP Server State', 6],
  ['1.3.6.1.4.1.311.21.35', 'szOID_ENROLL_SCEP_CHALLENGE_ANSWER', 'SCEP Challenge Answer', 6],
  ['1.3.6.1.4.1.311.21.36', 'szOID_KP_PRIVACY_CA', 'Privacy CA Encryption Certificate', 7],
  ['1.3.6.1.4.1.311.21.37', 'szOID_ENROLL_SCEP_CLIENT_REQUEST', 'SCEP Client Request', 6],
  ['1.3.6.1.4.1.311.21.38', 'szOID_ENROLL_SCEP_SERVER_MESSAGE', 'SCEP Server Message', 6],
  ['1.3.6.1.4.1.311.21.39', 'szOID_ENROLL_AIK_INFO', 'Attestation Identity Key Information', 6],
  ['1.3.6.1.4.1.311.21.40', 'szOID_ENROLL_SCEP_SERVER_SECRET', 'SCEP Server Secret', 6],
  ['1.3.6.1.4.1.311.21.41', 'szOID_ENROLL_KEY_AFFINITY', 'Key Affinity', 6],
  ['1.3.6.1.4.1.311.21.42', 'szOID_ENROLL_SCEP_SIGNER_HASH', 'SCEP Signer Hash', 6],
  ['1.3.6.1.4.1.311.21.43', 'szOID_ENROLL_EK_CA_KEYID', 'Endorsement Key CA Key Id', 6],
  // Microsoft: directory service and later arcs
  [szOID_NTDS_REPLICATION, 'szOID_NTDS_REPLICATION', 'DS Object Guid', 6],
  [szOID_NTDS_CA_SECURITY_EXT, 'szOID_NTDS_CA_SECURITY_EXT', 'SID Security Extension', 6],
  [szOID_NTDS_OBJECTSID, 'szOID_NTDS_OBJECTSID', 'DS Object SID', 6],
  ['1.3.6.1.4.1.311.30', '', 'IIS'],
  ['1.3.6.1.4.1.311.30.1', 'szOID_IIS_VIRTUAL_SERVER', 'IIS Virtual Server', 6],
  ['1.3.6.1.4.1.311.31', '', 'Windows Updates and Service Packs'],
  ['1.3.6.1.4.1.311.31.1', 'szOID_PRODUCT_UPDATE', 'Product Update', 6],
  ['1.3.6.1.4.1.311.40', '', 'Fonts'],
  ['1.3.6.1.4.1.311.41', '', 'Microsoft Licensing and Registration'],
  ['1.3.6.1.4.1.311.42', '', 'Microsoft Corporate PKI (ITG)'],
  ['1.3.6.1.4.1.311.43', '', 'Microsoft WWOps BizExt'],
  ['1.3.6.1.4.1.311.44', '', 'Microsoft Peer Networking'],
  ['1.3.6.1.4.1.311.44.0.1', 'szOID_PEERNET_CERT_TYPE', 'Peer Networking Certificate Type', 6],
  ['1.3.6.1.4.1.311.44.0.2', 'szOID_PEERNET_PEERNAME', 'Peer Name', 6],
  ['1.3.6.1.4.1.311.44.0.3', 'szOID_PEERNET_CLASSIFIER', 'Peer Networking Classifier', 6],
  ['1.3.6.1.4.1.311.44.0.4', 'szOID_PEERNET_CERT_VERSION', 'Peer Networking Certificate Version', 6],
  ['1.3.6.1.4.1.311.44.1', 'szOID_PEERNET_PNRP', 'PNRP'],
  ['1.3.6.1.4.1.311.44.1.1', 'szOID_PEERNET_PNRP_ADDRESS', 'PNRP Address', 6],
  ['1.3.6.1.4.1.311.44.1.2', 'szOID_PEERNET_PNRP_FLAGS', 'PNRP Flags', 6],
  ['1.3.6.1.4.1.311.44.1.3', 'szOID_PEERNET_PNRP_PAYLOAD', 'PNRP Payload', 6],
  ['1.3.6.1.4.1.311.44.1.4', 'szOID_PEERNET_PNRP_ID', 'PNRP Id', 6],
  ['1.3.6.1.4.1.311.44.2', 'szOID_PEERNET_IDENTITY', 'Peer Identity'],
  ['1.3.6.1.4.1.311.44.2.2', 'szOID_PEERNET_IDENTITY_FLAGS', 'Peer Identity Flags', 6],
  ['1.3.6.1.4.1.311.44.3', 'szOID_PEERNET_GROUPING', 'Peer Grouping'],
  ['1.3.6.1.4.1.311.44.3.1', 'szOID_PEERNET_GROUPING_PEERNAME', 'Peer Group Name', 6],
  ['1.3.6.1.4.1.311.44.3.2', 'szOID_PEERNET_GROUPING_FLAGS', 'Peer Group Flags', 6],
  ['1.3.6.1.4.1.311.44.3.3', 'szOID_PEERNET_GROUPING_ROLES', 'Peer Group Roles', 6],
  ['1.3.6.1.4.1.311.44.3.5', 'szOID_PEERNET_GROUPING_CLASSIFIERS', 'Peer Group Classifiers', 6],
  ['1.3.6.1.4.1.311.45', '', 'Mobile Devices Code Signing'],
  ['1.3.6.1.4.1.311.47.1.1', '', 'System Health Authentication', 7],
  ['1.3.6.1.4.1.311.47.1.3', '', 'System Health Loophole', 7],
  ['1.3.6.1.4.1.311.54.1.2', '', 'Remote Desktop Authentication', 7],
  ['1.3.6.1.4.1.311.60.1.1', 'szOID_ROOT_PROGRAM_FLAGS', 'Root Program Flags', 6],
  ['1.3.6.1.4.1.311.60.3.1', 'szOID_ROOT_PROGRAM_AUTO_UPDATE_CA_REVOCATION', 'CA Revocation', 6],
  ['1.3.6.1.4.1.311.60.3.2', 'szOID_ROOT_PROGRAM_AUTO_UPDATE_END_REVOCATION', 'End Entity Revocation', 6],
  ['1.3.6.1.4.1.311.60.3.3', 'szOID_ROOT_PROGRAM_NO_OCSP_FAILOVER_TO_CRL', 'No OCSP Failover to CRL', 6],
  [szOID_KP_KERNEL_MODE_CODE_SIGNING, 'szOID_KP_KERNEL_MODE_CODE_SIGNING', 'Kernel Mode Code Signing', 7],
  ['1.3.6.1.4.1.311.61.4.1', 'szOID_KP_KERNEL_MODE_TRUSTED_BOOT_SIGNING', 'Early Launch Antimalware Driver', 7],
  ['1.3.6.1.4.1.311.61.5.1', 'szOID_KP_KERNEL_MODE_HAL_EXTENSION_SIGNING', 'HAL Extension', 7],
  ['1.3.6.1.4.1.311.64.1.1', '', 'Domain Name System (DNS) Server Trust', 7],
  ['1.3.6.1.4.1.311.67.1.1', '', 'BitLocker Drive Encryption', 7],
  ['1.3.6.1.4.1.311.67.1.2', '', 'BitLocker Data Recovery Agent', 7],
  ['1.3.6.1.4.1.311.72.1.1', 'szOID_CERT_STRONG_SIGN_OS_1', 'Strong Signature, OS 1'],
  ['1.3.6.1.4.1.311.72.2.1', 'szOID_CERT_STRONG_KEY_OS_1', 'Strong Key, OS 1'],
  ['1.3.6.1.4.1.311.76.3.1', 'szOID_WINDOWS_STORE_SIGNER', 'Windows Store', 7],
  ['1.3.6.1.4.1.311.76.5.1', 'szOID_DYNAMIC_CODE_GEN_SIGNER', 'Dynamic Code Generator', 7],
  ['1.3.6.1.4.1.311.76.6.1', '', 'Windows Update', 7],
  ['1.3.6.1.4.1.311.76.8.1', 'szOID_MICROSOFT_PUBLISHER_SIGNER', 'Microsoft Publisher', 7],
  ['1.3.6.1.4.1.311.80.1', '', 'Document Encryption', 7],
  ['1.3.6.1.4.1.311.88', 'szOID_CAPICOM', 'CAPICOM'],
  ['1.3.6.1.4.1.311.88.1', 'szOID_CAPICOM_VERSION', 'CAPICOM Version', 6],
  ['1.3.6.1.4.1.311.88.2', 'szOID_CAPICOM_ATTRIBUTE', 'CAPICOM Attribute', 6],
  ['1.3.6.1.4.1.311.88.2.1', 'szOID_CAPICOM_DOCUMENT_NAME', 'CAPICOM Document Name', 6],
  ['1.3.6.1.4.1.311.88.2.2', 'szOID_CAPICOM_DOCUMENT_DESCRIPTION', 'CAPICOM Document Description', 6],
  ['1.3.6.1.4.1.311.88.3', 'szOID_CAPICOM_ENCRYPTED_DATA', 'CAPICOM Encrypted Data', 6],
  ['1.3.6.1.4.1.311.88.3.1', 'szOID_CAPICOM_ENCRYPTED_CONTENT', 'CAPICOM Encrypted Content', 6],
  // arcs
  ['1.2.840.113549', 'szOID_RSA', 'RSA Data Security'],
  ['1.2.840.113549.1', 'szOID_PKCS', 'PKCS'],
  ['1.2.840.113549.1.1', 'szOID_PKCS_1', 'PKCS 1'],
  ['1.2.840.113549.1.2', 'szOID_PKCS_2', 'PKCS 2'],
  ['1.2.840.113549.1.3', 'szOID_PKCS_3', 'PKCS 3'],
  ['1.2.840.113549.1.4', 'szOID_PKCS_4', 'PKCS 4'],
  ['1.2.840.113549.1.5', 'szOID_PKCS_5', 'PKCS 5'],
  ['1.2.840.113549.1.6', 'szOID_PKCS_6', 'PKCS 6'],
  ['1.2.840.113549.1.7', 'szOID_PKCS_7', 'PKCS 7'],
  ['1.2.840.113549.1.8', 'szOID_PKCS_8', 'PKCS 8'],
  ['1.2.840.113549.1.9', 'szOID_PKCS_9', 'PKCS 9'],
  ['1.2.840.113549.1.10', 'szOID_PKCS_10', 'PKCS 10'],
  ['1.2.840.113549.1.12', 'szOID_PKCS_12', 'PKCS 12'],
  ['1.2.840.113549.1.12.1', 'szOID_PKCS_12_PbeIds', 'PKCS 12 PBE'],
  ['1.2.840.113549.2', 'szOID_RSA_HASH', 'RSA Hash'],
  ['1.2.840.113549.3', 'szOID_RSA_ENCRYPT', 'RSA Encryption'],
  ['1.3.14', 'szOID_OIW', 'OIW'],
  ['1.3.14.3.2', 'szOID_OIWSEC', 'OIW Security'],
  ['1.3.6.1.5.5.7', 'szOID_PKIX', 'PKIX'],
  ['1.3.6.1.5.5.7.1', 'id_pe', 'PKIX Private Extensions', 0, { alias: 'szOID_PKIX_PE' }],
  ['1.3.6.1.5.5.7.3', 'id_kp', 'PKIX Key Purposes', 0, { alias: 'szOID_PKIX_KP' }],
  ['1.3.6.1.5.5.7.7', 'id_cmc', 'CMC', 0, { alias: 'szOID_CMC' }],
  ['1.3.6.1.5.5.7.48', 'id_ad', 'PKIX Access Descriptors', 0, { alias: 'szOID_PKIX_ACC_DESCR' }],
  ['2.5', 'szOID_DS', 'X.500'],
  ['2.16.840.1.113730', 'szOID_NETSCAPE', 'Netscape'],
  ['1.3.6.1.4.1.311', '', 'Microsoft'],
  ['1.3.6.1.4.1.311.2', '', 'Authenticode'],
  ['1.3.6.1.4.1.311.3', '', 'Time Stamping'],
  ['1.3.6.1.4.1.311.4', '', 'Permissions'],
  ['1.3.6.1.4.1.311.10', '', 'Crypto 2.0'],
  ['1.3.6.1.4.1.311.12', '', 'Catalog'],
  ['1.3.6.1.4.1.311.13', '', 'Microsoft PKCS10'],
  ['1.3.6.1.4.1.311.17', '', 'Microsoft PKCS12 Attributes'],
  ['1.3.6.1.4.1.311.20', '', 'Microsoft Enrollment Infrastructure'],
  ['1.3.6.1.4.1.311.21', '', 'Microsoft CertSrv Infrastructure'],
  ['1.3.6.1.4.1.311.25', '', 'Microsoft Directory Service'],
];

export const OIDS: readonly OidRow[] = ROWS.map(([oid, name, displayName, group = 0, more]) => ({
  oid,
  name,
  displayName,
  group,
  ...more,
}));

const byDotted = new Map(OIDS.map((row) => [row.oid, row]));

/** The row of a dotted identifier. */
export function oidByDotted(oid: string): OidRow | undefined {
  return byDotted.get(oid);
}

/**
 * The row a person means: a dotted identifier, a constant (`szOID_KEY_USAGE`, `id-ce-keyUsage`), a display name, an
 * attribute type (`CN`). Case does not count. Where several rows share a name the first of the table answers.
 */
export function oidByName(text: string): OidRow | undefined {
  if (text === '') return undefined;
  const wanted = text.toLowerCase();
  const constant = wanted.replaceAll('-', '_');
  return (
    byDotted.get(text) ??
    OIDS.find((row) => row.name.toLowerCase() === constant || row.alias?.toLowerCase() === constant) ??
    OIDS.find((row) => row.displayName.toLowerCase() === wanted || row.shortName?.toLowerCase() === wanted) ??
    OIDS.find((row) => row.treeName?.toLowerCase() === wanted)
  );
}
