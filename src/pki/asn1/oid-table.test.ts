import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOid } from './object-identifier.ts';
import * as table from './oid-table.ts';
import { OIDS, oidByDotted, oidByName } from './oid-table.ts';

/** Microsoft KB 287547, revision 3.0, under 1.3.6.1.4.1.311: identifiers with a constant, then those only described. */
const KB_287547 = `
2.1.4 SPC_INDIRECT_DATA_OBJID|2.1.11 SPC_STATEMENT_TYPE_OBJID|2.1.12 SPC_SP_OPUS_INFO_OBJID|2.1.15 SPC_PE_IMAGE_DATA_OBJID
2.1.10 SPC_SP_AGENCY_INFO_OBJID|2.1.26 SPC_MINIMAL_CRITERIA_OBJID|2.1.27 SPC_FINANCIAL_CRITERIA_OBJID|2.1.28 SPC_LINK_OBJID
2.1.29 SPC_HASH_INFO_OBJID|2.1.30 SPC_SIPINFO_OBJID|2.1.14 SPC_CERT_EXTENSIONS_OBJID|2.1.18 SPC_RAW_FILE_DATA_OBJID
2.1.19 SPC_STRUCTURED_STORAGE_DATA_OBJID|2.1.20 SPC_JAVA_CLASS_DATA_OBJID|2.1.21 SPC_INDIVIDUAL_SP_KEY_PURPOSE_OBJID
2.1.22 SPC_COMMERCIAL_SP_KEY_PURPOSE_OBJID|2.1.25 SPC_CAB_DATA_OBJID|2.1.25 SPC_GLUE_RDN_OBJID
2.2.1 szOID_TRUSTED_CODESIGNING_CA_LIST|2.2.2 szOID_TRUSTED_CLIENT_AUTH_CA_LIST|2.2.3 szOID_TRUSTED_SERVER_AUTH_CA_LIST
3.2.1 SPC_TIME_STAMP_REQUEST_OBJID|10.1 szOID_CTL|10.1.1 szOID_SORTED_CTL|10.2 szOID_NEXT_UPDATE_LOCATION
10.3.1 szOID_KP_CTL_USAGE_SIGNING|10.3.2 szOID_KP_TIME_STAMP_SIGNING|10.3.3 szOID_SERVER_GATED_CRYPTO|10.3.3.1 szOID_SERIALIZED
10.3.4 szOID_EFS_CRYPTO|10.3.4.1 szOID_EFS_RECOVERY|10.3.5 szOID_WHQL_CRYPTO|10.3.6 szOID_NT5_CRYPTO
10.3.7 szOID_OEM_WHQL_CRYPTO|10.3.8 szOID_EMBEDDED_NT_CRYPTO|10.3.9 szOID_ROOT_LIST_SIGNER
10.3.10 szOID_KP_QUALIFIED_SUBORDINATION|10.3.11 szOID_KP_KEY_RECOVERY|10.3.12 szOID_KP_DOCUMENT_SIGNING
10.3.13 szOID_KP_LIFETIME_SIGNING|10.3.14 szOID_KP_MOBILE_DEVICE_SOFTWARE|10.4.1 szOID_YESNO_TRUST_ATTR|10.5.1 szOID_DRM
10.5.2 szOID_DRM_INDIVIDUALIZATION|10.6.1 szOID_LICENSES|10.6.2 szOID_LICENSE_SERVER|10.7 szOID_MICROSOFT_RDN_PREFIX
10.7.1 szOID_KEYID_RDN|10.8.1 szOID_REMOVE_CERTIFICATE|10.9.1 szOID_CROSS_CERT_DIST_POINTS|10.10.1 szOID_CMC_ADD_ATTRIBUTES
10.11 szOID_CERT_PROP_ID_PREFIX|10.12.1 szOID_ANY_APPLICATION_POLICY|12.1.1 szOID_CATALOG_LIST|12.1.2 szOID_CATALOG_LIST_MEMBER
12.2.1 CAT_NAMEVALUE_OBJID|12.2.2 CAT_MEMBERINFO_OBJID|13.1 szOID_RENEWAL_CERTIFICATE|13.2.1 szOID_ENROLLMENT_NAME_VALUE_PAIR
13.2.2 szOID_ENROLLMENT_CSP_PROVIDER|13.2.3 szOID_OS_VERSION|16.4 szOID_MICROSOFT_Encryption_Key_Preference
18.1 szOID_PKIX_LICENSE_INFO|18.2 szOID_PKIX_MANUFACTURER|18.3 szOID_PKIX_MANUFACTURER_MS_SPECIFIC
18.4 szOID_PKIX_HYDRA_CERT_VERSION|18.5 szOID_PKIX_LICENSED_PRODUCT_INFO|18.6 szOID_PKIX_MS_LICENSE_SERVER_INFO
18.7 szOID_PKIS_PRODUCT_SPECIFIC_OID|18.8 szOID_PKIS_TLSERVER_SPK_OID|20.1 szOID_AUTO_ENROLL_CTL_USAGE
20.2 szOID_ENROLL_CERTTYPE_EXTENSION|20.2.1 szOID_ENROLLMENT_AGENT|20.2.2 szOID_KP_SMARTCARD_LOGON|20.2.3 szOID_NT_PRINCIPAL_NAME
20.3 szOID_CERT_MANIFOLD|21.1 szOID_CERTSRV_CA_VERSION|21.2 szOID_CERTSRV_PREVIOUS_CERT_HASH|21.3 szOID_CRL_VIRTUAL_BASE
21.4 szOID_CRL_NEXT_PUBLISH|21.5 szOID_KP_CA_EXCHANGE|21.6 szOID_KP_KEY_RECOVERY_AGENT|21.7 szOID_CERTIFICATE_TEMPLATE
21.8 szOID_ENTERPRISE_OID_ROOT|21.9 szOID_RDN_DUMMY_SIGNER|21.10 szOID_APPLICATION_CERT_POLICIES
21.11 szOID_APPLICATION_POLICY_MAPPINGS|21.12 szOID_APPLICATION_POLICY_CONSTRAINTS|21.13 szOID_ARCHIVED_KEY_ATTR
21.14 szOID_CRL_SELF_CDP|21.15 szOID_REQUIRE_CERT_CHAIN_POLICY|21.16 szOID_ARCHIVED_KEY_CERT_HASH|21.17 szOID_ISSUED_CERT_HASH
21.19 szOID_DS_EMAIL_REPLICATION|21.20 szOID_REQUEST_CLIENT_INFO|21.21 szOID_ENCRYPTED_KEY_HASH|21.22 szOID_CERTSRV_CROSSCA_VERSION
25.1 szOID_NTDS_REPLICATION|31.1 szOID_PRODUCT_UPDATE|44.1 szOID_PEERNET_PNRP|44.2 szOID_PEERNET_IDENTITY|44.3 szOID_PEERNET_GROUPING
44.0.1 szOID_PEERNET_CERT_TYPE|44.0.2 szOID_PEERNET_PEERNAME|44.0.3 szOID_PEERNET_CLASSIFIER|44.0.4 szOID_PEERNET_CERT_VERSION
44.1.1 szOID_PEERNET_PNRP_ADDRESS|44.1.2 szOID_PEERNET_PNRP_FLAGS|44.1.3 szOID_PEERNET_PNRP_PAYLOAD|44.1.4 szOID_PEERNET_PNRP_ID
44.2.2 szOID_PEERNET_IDENTITY_FLAGS|44.3.1 szOID_PEERNET_GROUPING_PEERNAME|44.3.2 szOID_PEERNET_GROUPING_FLAGS
44.3.3 szOID_PEERNET_GROUPING_ROLES|44.3.5 szOID_PEERNET_GROUPING_CLASSIFIERS|88 szOID_CAPICOM|88.1 szOID_CAPICOM_VERSION
88.2 szOID_CAPICOM_ATTRIBUTE|88.2.1 szOID_CAPICOM_DOCUMENT_NAME|88.2.2 szOID_CAPICOM_DOCUMENT_DESCRIPTION
88.3 szOID_CAPICOM_ENCRYPTED_DATA|88.3.1 szOID_CAPICOM_ENCRYPTED_CONTENT`;
const DESCRIBED = '2 2.2 3 4 10 10.10 10.12 12 13 15 16 17 18 19 20 21 25 30 31 40 41 42 43 44 45';
const MICROSOFT = '1.3.6.1.4.1.311';

test('KB 287547 is in the table, whole', () => {
  for (const entry of KB_287547.trim().split(/[|\n]/)) {
    const [arc, name] = entry.split(' ') as [string, string];
    const row = oidByDotted(`${MICROSOFT}.${arc}`);
    assert.ok(row?.name === name || row?.alias === name, entry);
  }
  for (const arc of DESCRIBED.split(' ')) assert.ok(oidByDotted(`${MICROSOFT}.${arc}`), arc);
  // The article gives 17.1 to szOID_LOCAL_MACHINE_KEYSET; wincrypt.h, and every PFX Windows writes, gives it 17.2.
  assert.equal(oidByName('szOID_LOCAL_MACHINE_KEYSET')?.oid, `${MICROSOFT}.17.2`);
});

test('each constant is the constant of its row', () => {
  const constants = Object.entries<unknown>({ ...table }).filter(([, value]) => typeof value === 'string');
  assert.ok(constants.length > 250);
  for (const [name, oid] of constants) assert.equal(oidByDotted(String(oid))?.name, name);
});

test('each identifier and each constant stands once, and is one', () => {
  const seen = new Set<string>();
  for (const { oid, name, alias, displayName, group } of OIDS) {
    assert.ok(isOid(oid), oid);
    assert.ok(group >= 0 && group <= 9);
    assert.notEqual(displayName, '', oid);
    for (const key of [oid, name, alias]) {
      if (key === undefined || key === '') continue;
      assert.ok(!seen.has(key), key);
      seen.add(key);
    }
    for (const constant of [name, alias ?? '']) assert.match(constant, /^\w*$/);
  }
});

test('a row is found by what a person calls it', () => {
  const asked = {
    '2.5.29.15': '2.5.29.15',
    'id-ce-keyUsage': '2.5.29.15',
    SZOID_KEY_USAGE: '2.5.29.15',
    'key usage': '2.5.29.15',
    cn: '2.5.4.3',
    commonName: '2.5.4.3',
    sha256RSA: '1.2.840.113549.1.1.11',
    'Encrypting File System': '1.3.6.1.4.1.311.10.3.4',
    'Subject Alternative Name': '2.5.29.17',
  };
  for (const [text, oid] of Object.entries(asked)) assert.equal(oidByName(text)?.oid, oid, text);
  assert.equal(oidByName('1.2.3'), undefined);
  assert.equal(oidByName(''), undefined);
  assert.equal(oidByDotted('1.2.3'), undefined);
});

test('attribute types of names have one abbreviation each', () => {
  const short = OIDS.flatMap(({ shortName }) => shortName ?? []);
  assert.equal(new Set(short.map((name) => name.toLowerCase())).size, short.length);
  for (const { shortName, group } of OIDS) if (shortName !== undefined) assert.equal(group, 5);
});
