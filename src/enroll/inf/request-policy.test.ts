import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { formatName } from '#pki/x509/name-text';
import type { InfError } from './inf-error.ts';
import { InfFile } from './inf-file.ts';
import { readRequestPolicy } from './request-policy.ts';

const policyOf = (text: string) => readRequestPolicy(InfFile.parse(text, 'r.inf'));
const newRequest = (lines: string) => policyOf(`[NewRequest]\n${lines}`);

/** Document 004, "Binary Request Export Using the CertUtil.exe Command-Line Tool", as printed. */
const OF_DOCUMENT_004 = `[Version]
Signature= "$Windows NT$"
[NewRequest]
Subject = "CN=Test Subject"
KeySpec = 1
Exportable = FALSE
PrivateKeyArchive = TRUE
[RequestAttributes]
CertificateTemplate = EFS
`;

describe('a request policy', () => {
  it('is that of document 004 as it is printed', () => {
    const policy = policyOf(OF_DOCUMENT_004);
    assert.equal(policy.requestType, 'CMC');
    assert.equal(formatName(policy.subject), 'CN=Test Subject');
    assert.deepEqual(policy.archive, { cipher: { name: 'aes-cbc', keyLength: 32 } });
    assert.deepEqual(policy.attributes, [['CertificateTemplate', 'EFS']]);
    const { algorithm, use, keySpec, exportable, providerName } = policy.key;
    assert.deepEqual(algorithm, { type: 'rsa', modulusLength: 2048 });
    assert.deepEqual([use, keySpec, exportable], ['exchange', 1, false]);
    assert.equal(providerName, 'Microsoft Software Key Storage Provider');
  });

  it('reads keys in every spelling', () => {
    const policy = newRequest(`subject = "O=Contoso,CN=a"
KEYLENGTH = 0x1000
KeyUsage = "CERT_DIGITAL_SIGNATURE_KEY_USAGE | 0x20"
KeySpec = AT_SIGNATURE
HashAlgorithm = SHA-512
AlternateSignatureAlgorithm = 1
RequestType = 3
MachineKeySet = yes
Silent = TRUE
KeyProtection = NCRYPT_UI_NO_PROTECTION_FLAG
UserProtected = 0`);
    assert.equal(formatName(policy.subject), 'O=Contoso, CN=a');
    assert.deepEqual(policy.key.algorithm, { type: 'rsa', modulusLength: 4096 });
    assert.deepEqual(
      [policy.keyUsage, policy.key.use, policy.digest, policy.isPss],
      [0xa0, 'signature', 'sha512', true],
    );
    assert.deepEqual([policy.requestType, policy.machineKeySet], ['CMC', true]);
  });

  it('takes curves, and what they are for', () => {
    assert.deepEqual(newRequest('KeyAlgorithm = ECDH_P384').key.algorithm, { type: 'ec', curve: 'P-384' });
    assert.equal(newRequest('KeyAlgorithm = ECDH_P384').key.use, 'exchange');
    assert.equal(newRequest('KeyAlgorithm = ECDSA_P521\nKeyLength = 521').key.use, 'signature');
    assert.equal(newRequest('KeyUsageProperty = NCRYPT_ALLOW_SIGNING_FLAG').key.use, 'signature');
  });

  it('takes ciphers for the archived key', () => {
    const cipher = (lines: string) => newRequest(`PrivateKeyArchive = TRUE\n${lines}`).archive?.cipher;
    assert.deepEqual(cipher('EncryptionAlgorithm = 3DES\nEncryptionLength = 168'), { name: 'des-ede3-cbc' });
    assert.deepEqual(cipher('EncryptionAlgorithm = AES\nEncryptionLength = 128'), { name: 'aes-cbc', keyLength: 16 });
  });

  it('reads extensions as text, hexadecimal and base 64', () => {
    const { extensions } = policyOf(
      `[NewRequest]
[EnhancedKeyUsageExtension]
OID = 1.3.6.1.5.5.7.3.1
OID = 1.3.6.1.5.5.7.3.2
Critical = Yes
[Extensions]
2.5.29.17 = "{text}"
_continue_ = "dns=www.contoso.com&ipaddress=10.0.0.1&ipaddress=2001:db8::1&"
_continue_ = "upn=a@contoso.com&dn=CN=a&guid=00112233-4455-6677-8899-aabbccddeeff&1.2.3={utf8}x"
2.5.29.19 = "{text}ca=1&pathlength=0"
2.5.29.15 = "{hex}03 02 01 86"
1.2.3.4 = BQA=
1.3.6.1.4.1.311.21.10 = "{text}1.3.6.1.5.5.7.3.1,1.3.6.1.5.5.7.3.2"
2.5.29.14 =
Critical = 2.5.29.19,2.5.29.15
`.replace('dn="CN=a"', 'dn=CN=a'),
    );
    const found = extensions.extensions.map(({ extnID, critical, extnValue }) => [
      extnID,
      critical,
      formatHex(extnValue),
    ]);
    assert.deepEqual(found, [
      ['2.5.29.37', true, '301406082b0601050507030106082b06010505070302'],
      [
        '2.5.29.17',
        false,
        [
          '308184820f7777772e636f6e746f736f2e636f6d87040a000001871020010db8000000000000000000000001',
          'a01d060a2b060104018237140203a00f0c0d6140636f6e746f736f2e636f6d',
          'a40e300c310a30080603550403130161',
          'a01f06092b0601040182371901a0120410',
          '33221100554477668899aabbccddeeff',
          'a00906022a03a0030c0178',
        ].join(''),
      ],
      ['2.5.29.19', true, '30060101ff020100'],
      ['2.5.29.15', true, '03020186'],
      ['1.2.3.4', false, '0500'],
      ['1.3.6.1.4.1.311.21.10', false, '3018300a06082b06010505070301300a06082b06010505070302'],
    ]);
    assert.deepEqual(extensions.removed, ['2.5.29.14']);
  });

  it('reads the validity of a self-signed certificate', () => {
    const { validity } = newRequest(
      'RequestType = Cert\nNotBefore = 2026-02-03\nValidityPeriod = years\nValidityPeriodUnits = 3',
    );
    assert.equal(validity.notBefore?.toISOString(), '2026-02-03T00:00:00.000Z');
    assert.deepEqual(validity.period, { unit: 'Years', count: 3 });
    const written = newRequest('RequestType = Cert\nNotBefore = "7/24/2012 10:31 AM"\nNotAfter = 7/24/2013').validity;
    assert.deepEqual(written.notBefore, new Date(2012, 6, 24, 10, 31));
    assert.deepEqual(written.notAfter, new Date(2013, 6, 24));
    assert.throws(() => newRequest('RequestType = Cert\nNotAfter = 2/31/2027'), { symbol: 'ERROR_INVALID_PARAMETER' });
  });

  type Fault = readonly [lines: string, symbol: InfError['symbol'], place: string, line?: number];
  const faults: readonly Fault[] = [
    ['KeyLength = "x"', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeyLength = "x")', 2],
    ['KeyLength = 100', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeyLength = "100")', 2],
    ['KeyLenght = 2048', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeyLenght = "2048")', 2],
    [
      'KeyAlgorithm = ECDH_P256\nKeyLength = 384',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] KeyLength = "384")',
      3,
    ],
    ['KeyAlgorithm = XYZ', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeyAlgorithm = "XYZ")', 2],
    ['KeyAlgorithm = DSA', 'ERROR_NOT_SUPPORTED', 'r.inf([NewRequest] KeyAlgorithm = "DSA")', 2],
    ['Exportable = maybe', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] Exportable = "maybe")', 2],
    ['KeySpec = 3', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeySpec = "3")', 2],
    ['KeySpec = 1\nKeySpec = 2', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeySpec = "2")', 3],
    ['Subject = CN=a,O=b', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] Subject = "CN=a", "O=b")', 2],
    ['Subject = "XX=a"', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] Subject = "XX=a")', 2],
    ['KeyUsage = CERT_X', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] KeyUsage = "CERT_X")', 2],
    ['HashAlgorithm = md4', 'ERROR_NOT_SUPPORTED', 'r.inf([NewRequest] HashAlgorithm = "md4")', 2],
    ['HashAlgorithm = sha3', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] HashAlgorithm = "sha3")', 2],
    [
      'RequestType = PKCS10\nRenewalCert = "aa"',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] RenewalCert = "aa")',
      3,
    ],
    [
      'KeySpec = 2\nKeyUsage = CERT_KEY_ENCIPHERMENT_KEY_USAGE',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] KeyUsage = "CERT_KEY_ENCIPHERMENT_KEY_USAGE")',
      3,
    ],
    ['RequestType = SCEP', 'ERROR_NOT_SUPPORTED', 'r.inf([NewRequest] RequestType = "SCEP")', 2],
    [
      'RequestType = PKCS10\nPrivateKeyArchive = TRUE',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] PrivateKeyArchive = "TRUE")',
      3,
    ],
    ['UseExistingKeySet = TRUE', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] UseExistingKeySet = "TRUE")', 2],
    [
      'UseExistingKeySet = TRUE\nKeyContainer = c\nExportable = TRUE',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] Exportable = "TRUE")',
      4,
    ],
    ['NotAfter = 2027-01-01', 'ERROR_INVALID_PARAMETER', 'r.inf([NewRequest] NotAfter = "2027-01-01")', 2],
    [
      'RequestType = Cert\nNotAfter = 31/12/2026',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] NotAfter = "31/12/2026")',
      3,
    ],
    [
      'RequestType = Cert\nValidityPeriod = Years',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] ValidityPeriod = "Years")',
      3,
    ],
    [
      'PrivateKeyArchive = TRUE\nEncryptionAlgorithm = RC2',
      'ERROR_NOT_SUPPORTED',
      'r.inf([NewRequest] EncryptionAlgorithm = "RC2")',
      3,
    ],
    [
      'PrivateKeyArchive = TRUE\nEncryptionLength = 64',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] EncryptionLength = "64")',
      3,
    ],
    [
      'KeyContainer = c\nUseExistingKeySet = TRUE\nUserProtected = TRUE',
      'ERROR_INVALID_PARAMETER',
      'r.inf([NewRequest] UserProtected = "TRUE")',
      4,
    ],
    ['SecurityDescriptor = "D:P"', 'ERROR_NOT_SUPPORTED', 'r.inf([NewRequest] SecurityDescriptor = "D:P")', 2],
    ['X500NameFlags = 0x40000000', 'ERROR_NOT_SUPPORTED', 'r.inf([NewRequest] X500NameFlags = "0x40000000")', 2],
    ['[Extensions]\nname = "{hex}0500"', 'ERROR_INVALID_PARAMETER', 'r.inf([Extensions] name = "{hex}0500")', 3],
    [
      '[Extensions]\n2.5.29.17 = "{text}dns"',
      'ERROR_INVALID_PARAMETER',
      'r.inf([Extensions] 2.5.29.17 = "{text}dns")',
      3,
    ],
    [
      '[Extensions]\n2.5.29.17 = "{text}ipaddress=1.2.3.256"',
      'ERROR_INVALID_PARAMETER',
      'r.inf([Extensions] 2.5.29.17 = "{text}ipaddress=1.2.3.256")',
      3,
    ],
    ['[Extensions]\n1.2.3.4 = "{text}x"', 'ERROR_INVALID_PARAMETER', 'r.inf([Extensions] 1.2.3.4 = "{text}x")', 3],
    ['[Extensions]\n1.2.3.4 = "{hex}0501"', 'ERROR_INVALID_PARAMETER', 'r.inf([Extensions] 1.2.3.4 = "{hex}0501")', 3],
    [
      '[EnhancedKeyUsageExtension]\nOID = web',
      'ERROR_INVALID_PARAMETER',
      'r.inf([EnhancedKeyUsageExtension] OID = "web")',
      3,
    ],
    ['[Properties]\n19 = 1', 'ERROR_NOT_SUPPORTED', 'r.inf([Properties] 19 = "1")', 3],
    ['[PolicyStatementExtension]', 'ERROR_NOT_SUPPORTED', 'r.inf([PolicyStatementExtension])', 2],
    ['[Request]', 'ERROR_INVALID_PARAMETER', 'r.inf([Request])', 2],
    ['[Version]\nSignature = "$Linux$"', 'ERROR_INVALID_PARAMETER', 'r.inf([Version] Signature = "$Linux$")', 3],
  ];
  for (const [lines, symbol, place, line] of faults) {
    it(`refuses ${JSON.stringify(lines)}`, () => {
      assert.throws(
        () => newRequest(lines),
        (error: InfError) => {
          assert.deepEqual([error.symbol, error.place, error.line], [symbol, place, line]);
          return true;
        },
      );
    });
  }

  it('needs a section [NewRequest]', () => {
    assert.throws(() => policyOf('[Version]'), { symbol: 'ERROR_INVALID_PARAMETER', place: 'r.inf([NewRequest])' });
  });
});
