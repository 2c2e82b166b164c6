import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { formatHex, parseHex } from '../../asn1/bytes.ts';
import { encodeDer } from '../../asn1/der-writer.ts';
import { cpsQualifier, userNoticeQualifier } from './certificate-policies.ts';
import { distributionPointUrls, urlDistributionPoint } from './crl-distribution-points.ts';
import { EXTENSIONS, type ExtensionRow, encodeExtension, extensionRow, extensionValue } from './extension-table.ts';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-512';
const bytes = (...octets: number[]) => Uint8Array.from(octets);

/** A value of each row and its DER, put together by hand from the ASN.1; openssl's are in test/interop. */
const VALUES: { [Name in keyof typeof EXTENSIONS]: readonly [value: ValueOf<(typeof EXTENSIONS)[Name]>, der: string] } =
  {
    subjectKeyIdentifier: [bytes(1, 2), '04020102'],
    keyUsage: [0x8080, '0303078080'],
    subjectAltName: [[{ type: 'dNSName', value: 'h' }], '3003820168'],
    issuerAltName: [[{ type: 'uniformResourceIdentifier', value: 'u:' }], '30048602753a'],
    basicConstraints: [{ cA: true, pathLenConstraint: 3 }, '30060101ff020103'],
    cRLNumber: [300n, '0202012c'],
    reasonCode: [6, '0a0106'],
    deltaCRLIndicator: [1n << 152n, `0214${'01'.padEnd(40, '0')}`],
    issuingDistributionPoint: [
      {
        distributionPoint: { fullName: [{ type: 'uniformResourceIdentifier', value: 'u:' }] },
        onlyContainsUserCerts: true,
        onlyContainsCACerts: false,
        onlySomeReasons: 0x8040,
        indirectCRL: true,
        onlyContainsAttributeCerts: false,
      },
      '3013a006a0048602753a8101ff83030740808401ff',
    ],
    nameConstraints: [
      {
        permittedSubtrees: [{ base: { type: 'dNSName', value: 'h' }, minimum: 0, maximum: undefined }],
        excludedSubtrees: [{ base: { type: 'dNSName', value: 'i' }, minimum: 1, maximum: 2 }],
      },
      '3014a0053003820168a10b3009820169800101810102',
    ],
    cRLDistributionPoints: [
      [
        {
          distributionPoint: { nameRelativeToCRLIssuer: parseHex('a10a30080603550403130161') },
          reasons: 0x40,
          cRLIssuer: [{ type: 'dNSName', value: 'h' }],
        },
      ],
      '30193017a00ca10a3008060355040313016181020640a203820168',
    ],
    certificatePolicies: [
      [
        { policyIdentifier: '2.5.29.32.0', policyQualifiers: undefined },
        { policyIdentifier: '1.2.3', policyQualifiers: [cpsQualifier('u:'), userNoticeQualifier('n')] },
      ],
      '303130060604551d2000302706022a033021300e06082b060105050702011602753a300f06082b0601050507020230030c016e',
    ],
    policyMappings: [[{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }], '300a300806022a0306022a04'],
    authorityKeyIdentifier: [
      {
        keyIdentifier: bytes(1),
        authorityCertIssuer: [{ type: 'dNSName', value: 'h' }],
        authorityCertSerialNumber: bytes(0, 0x80),
      },
      '300c800101a10382016882020080',
    ],
    policyConstraints: [{ requireExplicitPolicy: 0, inhibitPolicyMapping: 1 }, '3006800100810101'],
    extKeyUsage: [['1.2.3', '1.2.4'], '300806022a0306022a04'],
    freshestCRL: [
      [{ ...urlDistributionPoint(['u:']), reasons: undefined, cRLIssuer: undefined }],
      '300a3008a006a0048602753a',
    ],
    inhibitAnyPolicy: [2, '020102'],
    authorityInfoAccess: [
      [{ accessMethod: '1.3.6.1.5.5.7.48.2', accessLocation: { type: 'uniformResourceIdentifier', value: 'u:' } }],
      '3010300e06082b060105050730028602753a',
    ],
    subjectInfoAccess: [
      [{ accessMethod: '1.3.6.1.5.5.7.48.5', accessLocation: { type: 'dNSName', value: 'h' } }],
      '300f300d06082b06010505073005820168',
    ],
    ocspNocheck: [true, '0500'],
    sMIMECapabilities: [
      [
        { capabilityID: '1.2.840.113549.3.2', parameters: parseHex('02020080') },
        { capabilityID: '1.3.14.3.2.7', parameters: undefined },
      ],
      '3019300e06082a864886f70d030202020080300706052b0e030207',
    ],
    enrollCertType: ['User', '1e080055007300650072'],
    certificateTemplate: [
      { templateID: '1.3.6.1.4.1.311.21.8.1', templateMajorVersion: 100, templateMinorVersion: 2 },
      '3012060a2b060104018237150801020164020102',
    ],
    applicationPolicies: [[{ policyIdentifier: '1.2.3', policyQualifiers: undefined }], '3006300406022a03'],
    applicationPolicyMappings: [
      [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
      '300a300806022a0306022a04',
    ],
    crossCertDistPoints: [
      {
        syncDeltaTime: 300,
        crossCertDistPointNames: [[{ type: 'uniformResourceIdentifier', value: 'u:' }]],
      },
      '300c0202012c300630048602753a',
    ],
    applicationPolicyConstraints: [{ requireExplicitPolicy: undefined, inhibitPolicyMapping: 0 }, '3003810100'],
    ntdsCaSecurity: [SID, `303ea03c060a2b060104018237190201a02e042c${formatHex(new TextEncoder().encode(SID))}`],
    caVersion: [{ certIndex: 2, keyIndex: 1 }, '0203010002'],
    previousCaCertHash: [bytes(0xaa, 0xbb), '0402aabb'],
    crlVirtualBase: [5n, '020105'],
    crlNextPublish: [new Date('2026-11-21T10:00:00Z'), '170d3236313132313130303030305a'],
    crlSelfCDP: [
      [{ ...urlDistributionPoint(['u:']), reasons: undefined, cRLIssuer: undefined }],
      '300a3008a006a0048602753a',
    ],
  };

type ValueOf<Row> = Row extends ExtensionRow<infer T> ? T : never;

for (const [name, row] of Object.entries(EXTENSIONS) as [keyof typeof EXTENSIONS, ExtensionRow<unknown>][]) {
  const [value, der] = VALUES[name];
  test(`${name}: ${row.oid}`, () => {
    assert.equal(formatHex(encodeDer(row.codec.encode(value))), der);
    assert.deepEqual(row.codec.decode(parseHex(der)), value);
    assert.equal(extensionRow(row.oid), row);
    const extension = encodeExtension(row, value);
    assert.equal(extension.critical, row.criticalByDefault);
    assert.ok(row.criticality !== 'must not' || !extension.critical);
    assert.ok(row.criticality !== 'must' || extension.critical);
    assert.deepEqual(extensionValue([extension], row), value);
    assert.throws(() => row.codec.decode(parseHex(`${der}00`)), HresultError, 'bytes left over');
    assert.throws(() => row.codec.decode(parseHex('0101')), HresultError, 'a cut value');
  });
}

test('no identifier has two rows', () => {
  const ids = Object.values(EXTENSIONS).map(({ oid }) => oid);
  assert.equal(new Set(ids).size, ids.length);
});

test('an absent extension has no value', () => {
  assert.equal(extensionValue([], EXTENSIONS.keyUsage), undefined);
  assert.equal(extensionRow('1.2.3.4'), undefined);
});

test('a template name is read from UTF8String too', () => {
  assert.equal(EXTENSIONS.enrollCertType.codec.decode(parseHex('0c0455736572')), 'User');
});

test('a template without versions, a large version', () => {
  const { codec } = EXTENSIONS.certificateTemplate;
  assert.deepEqual(codec.decode(parseHex('300406022a03')), {
    templateID: '1.2.3',
    templateMajorVersion: undefined,
    templateMinorVersion: undefined,
  });
  assert.equal(codec.decode(parseHex('300b06022a03020500ffffffff')).templateMajorVersion, 0xffffffff);
});

test('a security extension without the SID of an account is refused', () => {
  assert.throws(() => EXTENSIONS.ntdsCaSecurity.codec.decode(parseHex('3003820168')), HresultError);
});

test('the URLs of all distribution points, in order', () => {
  assert.deepEqual(distributionPointUrls([urlDistributionPoint(['a:', 'b:']), {}, urlDistributionPoint(['c:'])]), [
    'a:',
    'b:',
    'c:',
  ]);
});
