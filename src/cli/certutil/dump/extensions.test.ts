import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHex } from '#pki/asn1/bytes';
import { oidByDotted } from '#pki/asn1/oid-table';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, type ExtensionRow, encodeExtension } from '#pki/x509/extensions/extension-table';
import { parseName } from '#pki/x509/name-text';
import { extensionText } from './extension-text.ts';
import { printExtensions } from './extensions.ts';
import { linesOf } from './page.suite.ts';
import type { DumpPorts, DumpStyle } from './page.ts';

async function textOf(extension: Extension, style: DumpStyle = {}, ports: Partial<DumpPorts> = {}): Promise<string[]> {
  const lines = await linesOf((page) => printExtensions(page, 'Certificate Extensions', [extension]), style, ports);
  return lines.slice(2);
}

const url = (value: string) => ({ type: 'uniformResourceIdentifier', value }) as const;

/** One value a row and the lines under the extension's heading, without what all have in common. */
const CASES: readonly (readonly [name: string, extension: Extension, lines: readonly string[]])[] = [
  ...rows(EXTENSIONS.subjectKeyIdentifier, [parseHex('0a0b'), '0a0b']),
  ...rows(EXTENSIONS.keyUsage, [0, 'Information Not Available (00)'], [0x8001, 'Encipher Only, Decipher Only (01 80)']),
  ...rows(EXTENSIONS.subjectAltName, [[url('http://a/%zz')], 'URL=http://a/%zz']),
  ...rows(EXTENSIONS.issuerAltName, [[url('http://a/%0Ab')], 'URL=http://a/%0Ab']),
  ...rows(EXTENSIONS.basicConstraints, [{ cA: false }, 'Subject Type=End Entity', 'Path Length Constraint=None']),
  ...rows(EXTENSIONS.cRLNumber, [27n, 'CRL Number=1b'], [256n, 'CRL Number=0100']),
  ...rows(EXTENSIONS.reasonCode, [10, 'AA Compromise (10)'], [7, 'Unknown Reason (7)']),
  ...rows(EXTENSIONS.deltaCRLIndicator, [5n, 'Minimum Base CRL Number=05']),
  ...rows(EXTENSIONS.issuingDistributionPoint, [
    { onlyContainsCACerts: true, indirectCRL: true, onlySomeReasons: 0x40, onlyContainsAttributeCerts: true },
    'Only Contains User Certs=No',
    'Only Contains CA Certs=Yes',
    'Indirect CRL=Yes',
    'Only Contains Attribute Certs=Yes',
    'Only Some Reasons=Key Compromise (40)',
  ]),
  ...rows(EXTENSIONS.nameConstraints, [
    { permittedSubtrees: [{ base: { type: 'directoryName', value: parseName('CN=a, O=b') }, minimum: 0 }] },
    'Permitted',
    '     [1]Subtrees (0..Max):',
    '          Directory Address:',
    '               CN=a',
    '               O=b',
    'Excluded=None',
  ]),
  ...rows(EXTENSIONS.freshestCRL, [
    [{ distributionPoint: { fullName: [url('http://a/+.crl')] } }],
    '[1]Freshest CRL',
    '     Distribution Point Name:',
    '          Full Name:',
    '               URL=http://a/+.crl',
  ]),
  ...rows(EXTENSIONS.cRLDistributionPoints, [
    [{ reasons: 0x20 }],
    '[1]CRL Distribution Point',
    '     CRL Reason=CA Compromise (20)',
  ]),
  ...rows(EXTENSIONS.certificatePolicies, [
    [{ policyIdentifier: '1.2.3', policyQualifiers: [{ policyQualifierId: '1.2.4', qualifier: parseHex('0500') }] }],
    '[1]Certificate Policy:',
    '     Policy Identifier=1.2.3',
    '     [1,1]Policy Qualifier Info:',
    '          Policy Qualifier Id=1.2.4',
    '          Qualifier:',
    '               05 00',
  ]),
  ...rows(EXTENSIONS.policyMappings, [
    [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
    '[1]Issuer Domain=1.2.3',
    '     Subject Domain=1.2.4',
  ]),
  ...rows(EXTENSIONS.authorityKeyIdentifier, [{ keyIdentifier: parseHex('0c') }, 'KeyID=0c']),
  ...rows(EXTENSIONS.policyConstraints, [{ inhibitPolicyMapping: 3 }, 'Inhibit Policy Mapping Skip Certs=3']),
  ...rows(EXTENSIONS.extKeyUsage, [
    ['1.3.6.1.4.1.311.10.3.4', '1.2.3'],
    'Encrypting File System (1.3.6.1.4.1.311.10.3.4)',
    'Unknown Key Usage (1.2.3)',
  ]),
  ...rows(EXTENSIONS.inhibitAnyPolicy, [1, 'Inhibit Any Policy Skip Certs=1']),
  ...rows(EXTENSIONS.authorityInfoAccess, [
    [{ accessMethod: '1.2.3', accessLocation: { type: 'rfc822Name', value: 'a@b' } }],
    '[1]Authority Info Access',
    '     Access Method=Unknown Access Method (1.2.3)',
    '     Alternative Name:',
    '          RFC822 Name=a@b',
  ]),
  ...rows(EXTENSIONS.subjectInfoAccess, [
    [{ accessMethod: '1.3.6.1.5.5.7.48.5', accessLocation: { type: 'iPAddress', value: parseHex('0a000001') } }],
    '[1]Subject Info Access',
    '     Access Method=Certification Authority Repository (1.3.6.1.5.5.7.48.5)',
    '     Alternative Name:',
    '          IP Address=10.0.0.1',
  ]),
  ...rows(EXTENSIONS.ocspNocheck, [true, 'Revocation of this certificate is not checked']),
  ...rows(EXTENSIONS.sMIMECapabilities, [
    [{ capabilityID: '1.2.840.113549.3.2', parameters: parseHex('02020080') }],
    '[1]SMIME Capability',
    '     Object ID=1.2.840.113549.3.2',
    '     Parameters=02 02 00 80',
  ]),
  ...rows(EXTENSIONS.enrollCertType, ['User', 'User']),
  ...rows(EXTENSIONS.certificateTemplate, [{ templateID: '1.2.3' }, 'Template=1.2.3']),
  ...rows(EXTENSIONS.applicationPolicies, [
    [{ policyIdentifier: '1.3.6.1.4.1.311.10.3.4' }],
    '[1]Application Certificate Policy:',
    '     Policy Identifier=Encrypting File System',
  ]),
  ...rows(EXTENSIONS.applicationPolicyMappings, [
    [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
    '[1]Issuer Domain=1.2.3',
    '     Subject Domain=1.2.4',
  ]),
  ...rows(EXTENSIONS.applicationPolicyConstraints, [
    { requireExplicitPolicy: 0 },
    'Required Explicit Policy Skip Certs=0',
  ]),
  ...rows(EXTENSIONS.crossCertDistPoints, [
    { syncDeltaTime: 300, crossCertDistPointNames: [[url('http://a/')]] },
    'Delta Sync Time=300 Seconds',
    '[1]Cross-Certificate Distribution Point',
    '     URL=http://a/',
  ]),
  ...rows(EXTENSIONS.ntdsCaSecurity, ['S-1-5-21-1-2-3-500', 'Other Name:', '     NTDS Object SID=S-1-5-21-1-2-3-500']),
  ...rows(EXTENSIONS.caVersion, [{ certIndex: 2, keyIndex: 1 }, 'V2.1']),
  ...rows(EXTENSIONS.previousCaCertHash, [parseHex('0102'), '0102']),
  ...rows(EXTENSIONS.crlVirtualBase, [9n, 'CRL Number=09']),
  ...rows(EXTENSIONS.crlNextPublish, [new Date('2125-05-31T22:54:35Z'), 'Thursday, May 31, 2125 10:54:35 PM GMT']),
  ...rows(EXTENSIONS.crlSelfCDP, [
    [{ distributionPoint: { fullName: [url('http://a/')] } }],
    '[1]Locations',
    '     Distribution Point Name:',
    '          Full Name:',
    '               URL=http://a/',
  ]),
];

function rows<T>(
  row: ExtensionRow<T>,
  ...cases: readonly (readonly [value: T, ...lines: string[]])[]
): [name: string, extension: Extension, lines: readonly string[]][] {
  return cases.map(([value, ...lines]) => [row.name, encodeExtension(row, value), lines]);
}

describe('the text of an extension', () => {
  for (const [name, extension, lines] of CASES) {
    it(`${name}: ${lines[0]}`, async () => {
      const title = extensionText(extension.extnID)?.title ?? oidByDotted(extension.extnID)?.displayName;
      assert.deepEqual(await textOf(extension), [`    ${title}`, ...lines.map((line) => `        ${line}`), '']);
    });
  }

  it('is there for every extension that is read', () => {
    const shown = new Set(CASES.map(([, { extnID }]) => extnID));
    assert.deepEqual(
      Object.values(EXTENSIONS).filter(({ oid }) => !shown.has(oid)),
      [],
    );
  });

  it('names the template where the directory knows it', async () => {
    const extension = encodeExtension(EXTENSIONS.certificateTemplate, {
      templateID: '1.3.6.1.4.1.311.21.8.1',
      templateMajorVersion: 100,
      templateMinorVersion: 3,
    });
    const template = async () => ({ cn: 'EFS2', displayName: 'Basic EFS 2' });
    assert.deepEqual(await textOf(extension, {}, { template }), [
      '    Certificate Template Information',
      '        Template=Basic EFS 2(1.3.6.1.4.1.311.21.8.1)',
      '        Major Version Number=100',
      '        Minor Version Number=3',
      '',
    ]);
  });

  it('is the bytes where the value is malformed, and the bytes too under -v', async () => {
    const malformed = { extnID: EXTENSIONS.keyUsage.oid, critical: true, extnValue: parseHex('0500') };
    const dump = ['    0000  05 00                                              ..', ''];
    assert.deepEqual(await textOf(malformed), ['    Key Usage', '', ...dump]);
    const usage = encodeExtension(EXTENSIONS.keyUsage, 0xa0);
    assert.deepEqual(await textOf(usage, { verbose: true }), [
      '    Key Usage',
      '        Digital Signature, Key Encipherment (a0)',
      '',
      '    0000  03 02 05 a0                                        ....',
      '',
    ]);
  });

  it('stays within its lines and shows no control characters', async () => {
    const extension = encodeExtension(EXTENSIONS.enrollCertType, 'a\n\u001b[2J\u202eb');
    assert.deepEqual(await textOf(extension), [
      '    Certificate Template Name (Certificate Type)',
      '        a..[2J.b',
      '',
    ]);
  });
});
