import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrlPlan, type EntityPlan, issue, newPrivateKey, planCrl, planEntity } from '#test/support/x509-hierarchy';
import { formatHex, parseHex } from '../asn1/bytes.ts';
import { rsaPublicKeyInfo } from '../crypto/public-key.ts';
import { decodeTbsCertificate, type TBSCertificate } from '../x509/certificate.ts';
import { decodeTbsCertList } from '../x509/certificate-list.ts';
import { EXTENSIONS, encodeExtension } from '../x509/extensions/extension-table.ts';
import { KEY_USAGE } from '../x509/extensions/key-usage.ts';
import { lintCertificate, lintCertList } from './lint.ts';

const ca = await issue({ subject: 'CN=CA', cA: true });
const rsaCa = await issue({
  subject: 'CN=CA',
  cA: true,
  key: await newPrivateKey({ type: 'rsa', modulusLength: 2048 }),
});
const key = await newPrivateKey();
const SAN = encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'h' }]);

async function plan(entity: Partial<EntityPlan>): Promise<TBSCertificate> {
  const { tbs } = await planEntity({ subject: 'CN=a', issuer: ca, ...entity }, key);
  return decodeTbsCertificate(tbs);
}

function rulesOf(findings: readonly { readonly rule: string }[]): string[] {
  return [...new Set(findings.map(({ rule }) => rule))].sort();
}

/** The DER of a sound plan with one run of bytes replaced: what no plan of ours can say. */
async function patched(entity: Partial<EntityPlan>, from: string, to: string): Promise<TBSCertificate> {
  const hex = formatHex((await plan(entity)).raw);
  assert.ok(hex.includes(from), from);
  return decodeTbsCertificate(parseHex(hex.replace(from, to)));
}

test('sound certificates have no findings', async () => {
  assert.deepEqual(lintCertificate(await plan({}), ca.certificate), []);
  assert.deepEqual(lintCertificate(await plan({ cA: true }), ca.certificate), []);
  assert.deepEqual(lintCertificate(ca.certificate.tbsCertificate, ca.certificate), []);
  assert.deepEqual(lintCertificate(await plan({ issuer: rsaCa }), rsaCa.certificate), []);
  const empty = await plan({ subject: '', extensions: [{ ...SAN, critical: true }] });
  assert.deepEqual(lintCertificate(empty, ca.certificate), []);
});

const OID = Object.fromEntries(Object.entries(EXTENSIONS).map(([name, { oid }]) => [name, oid]));
const rsaKey = (modulus: Uint8Array, exponent = 65537) =>
  rsaPublicKeyInfo(modulus, Uint8Array.of(exponent >> 16, exponent >> 8, exponent));
const oddModulus = (bits: number) => new Uint8Array(bits / 8).fill(0xff);

const FAULTS: readonly (readonly [what: string, rule: string, plan: () => Promise<TBSCertificate>])[] = [
  ['a serial number of zero', 'serial-number', () => plan({ serialNumber: Uint8Array.of(0) })],
  ['a negative serial number', 'serial-number', () => plan({ serialNumber: Uint8Array.of(0x80) })],
  ['a serial number of 21 octets', 'serial-number', () => plan({ serialNumber: new Uint8Array(21).fill(1) })],
  [
    'an RSA signature from an EC key',
    'signature-algorithm',
    () => plan({ signature: { name: 'rsa-pkcs1', digest: 'sha256' } }),
  ],
  ['another issuer', 'issuer-name', () => patched({}, '310b30090603550403130243', '310b30090603550403130244')],
  [
    'a validity that ends before it begins',
    'validity-order',
    () => plan({ validity: { notBefore: new Date('2026-05-01'), notAfter: new Date('2026-04-01') } }),
  ],
  [
    'an end after that of the issuer',
    'validity-nesting',
    () => plan({ validity: { notBefore: new Date('2026-05-01'), notAfter: new Date('2027-01-01T00:00:01Z') } }),
  ],
  ['an RSA key of 512 bits', 'key-size', () => plan({ subjectPublicKeyInfo: rsaKey(oddModulus(512)) })],
  ['an RSA key of 1024 bits', 'weak-key', () => plan({ subjectPublicKeyInfo: rsaKey(oddModulus(1024)) })],
  ['an even RSA modulus', 'key-size', () => plan({ subjectPublicKeyInfo: rsaKey(oddModulus(2048).fill(0xfe, 255)) })],
  ['an RSA exponent of 1', 'key-size', () => plan({ subjectPublicKeyInfo: rsaKey(oddModulus(2048), 1) })],
  [
    'no authority key identifier',
    'authority-key-identifier',
    () => plan({ without: [OID['authorityKeyIdentifier']!] }),
  ],
  [
    'an authority key identifier of another key',
    'authority-key-identifier',
    () =>
      plan({ extensions: [encodeExtension(EXTENSIONS.authorityKeyIdentifier, { keyIdentifier: new Uint8Array(20) })] }),
  ],
  [
    'a CA without subject key identifier',
    'subject-key-identifier',
    () => plan({ cA: true, without: [OID['subjectKeyIdentifier']!] }),
  ],
  [
    'basic constraints of a CA that are not critical',
    'basic-constraints-of-ca',
    () => plan({ cA: true, extensions: [encodeExtension(EXTENSIONS.basicConstraints, { cA: true }, false)] }),
  ],
  [
    'a path length on what is no CA',
    'basic-constraints-of-ca',
    () => plan({ extensions: [encodeExtension(EXTENSIONS.basicConstraints, { cA: false, pathLenConstraint: 0 })] }),
  ],
  ['an empty key usage', 'key-usage-not-empty', () => plan({ extensions: [encodeExtension(EXTENSIONS.keyUsage, 0)] })],
  [
    'encipherOnly without keyAgreement',
    'key-usage-not-empty',
    () => plan({ extensions: [encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.encipherOnly)] }),
  ],
  [
    'keyEncipherment with an EC key',
    'key-usage-of-algorithm',
    () => plan({ extensions: [encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment)] }),
  ],
  [
    'keyAgreement with an RSA key',
    'key-usage-of-algorithm',
    () =>
      plan({
        subjectPublicKeyInfo: rsaKey(oddModulus(2048)),
        extensions: [encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyAgreement)],
      }),
  ],
  [
    'keyCertSign on what is no CA',
    'key-cert-sign',
    () => plan({ extensions: [encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyCertSign)] }),
  ],
  ['a CA without key usage', 'key-cert-sign', () => plan({ cA: true, without: [OID['keyUsage']!] })],
  [
    'an empty extended key usage',
    'extended-key-usage-not-empty',
    () => plan({ extensions: [encodeExtension(EXTENSIONS.extKeyUsage, [])] }),
  ],
  ['neither subject nor alternative name', 'subject-alt-name-of-empty-subject', () => plan({ subject: '' })],
  [
    'an alternative name of an empty subject that is not critical',
    'subject-alt-name-of-empty-subject',
    () => plan({ subject: '', extensions: [SAN] }),
  ],
  ['an extension that stands twice', 'duplicate-extensions', () => plan({ extensions: [SAN, SAN] })],
  [
    'a malformed extension',
    'extension-encoding',
    () =>
      plan({ extensions: [{ extnID: OID['certificatePolicies']!, critical: false, extnValue: Uint8Array.of(5, 0) }] }),
  ],
  [
    'a critical authority information access',
    'extension-criticality',
    () => plan({ extensions: [encodeExtension(EXTENSIONS.authorityInfoAccess, [], true)] }),
  ],
  [
    'name constraints that are not critical',
    'extension-criticality',
    () => plan({ cA: true, extensions: [encodeExtension(EXTENSIONS.nameConstraints, {}, false)] }),
  ],
  ['extensions in a version 1 certificate', 'version', () => patched({}, 'a003020102', 'a003020100')],
];

for (const [what, rule, make] of FAULTS) {
  test(`${what}: ${rule}`, async () => {
    const findings = lintCertificate(await make(), ca.certificate);
    assert.deepEqual(rulesOf(findings), [rule], JSON.stringify(findings));
    for (const { clause, text } of findings) assert.ok(clause !== '' && text !== '');
  });
}

/** `hex` is a SEQUENCE of 256 bytes or more; `from` gives way to `to`, which makes it `longer` bytes longer. */
function resized(hex: string, from: string, to: string, longer: number): Uint8Array {
  assert.ok(hex.startsWith('3082') && hex.includes(from));
  const length = Number.parseInt(hex.slice(4, 8), 16) + longer;
  return parseHex(`3082${length.toString(16).padStart(4, '0')}${hex.replace(from, to).slice(8)}`);
}

const ascii = (text: string) => formatHex(new TextEncoder().encode(text));

test('GeneralizedTime before 2050, and a fraction of a second', async () => {
  const validity = { notBefore: new Date('2026-05-01'), notAfter: new Date('2026-06-01') };
  const hex = formatHex((await plan({ validity })).raw);
  const utcTime = `301e170d${ascii('260501000000Z')}`;
  const generalized = resized(hex, utcTime, `3020180f${ascii('20260501000000Z')}`, 2);
  const texts = (der: Uint8Array) => lintCertificate(decodeTbsCertificate(der), ca.certificate).map(({ text }) => text);
  assert.deepEqual(texts(generalized), ['notBefore in 2026 is a GeneralizedTime']);
  const fraction = resized(hex, utcTime, `30221811${ascii('20260501000000.5Z')}`, 4);
  assert.deepEqual(texts(fraction), ['notBefore in 2026 is a GeneralizedTime', 'notBefore has a fraction of a second']);
});

test('a key of an unknown kind is a finding, not an exception', async () => {
  const ed25519 = parseHex(`302a300506032b6570032100${'11'.repeat(32)}`);
  const findings = lintCertificate(await plan({ subjectPublicKeyInfo: ed25519 }), ca.certificate);
  assert.ok(rulesOf(findings).includes('key-size'));
});

async function planList(list: CrlPlan) {
  return decodeTbsCertList((await planCrl(ca, list)).tbs);
}

const AKI = encodeExtension(EXTENSIONS.authorityKeyIdentifier, {
  keyIdentifier: EXTENSIONS.subjectKeyIdentifier.codec.decode(
    ca.certificate.tbsCertificate.extensions.find(({ extnID }) => extnID === OID['subjectKeyIdentifier'])!.extnValue,
  ),
});
const NUMBER = encodeExtension(EXTENSIONS.cRLNumber, 5n);
const revoked = (reason: number) => [
  {
    userCertificate: Uint8Array.of(1),
    revocationDate: new Date('2026-05-01'),
    crlEntryExtensions: [encodeExtension(EXTENSIONS.reasonCode, reason)],
  },
];

test('sound CRLs have no findings', async () => {
  assert.deepEqual(lintCertList(await planList({ revokedCertificates: revoked(1) }), ca.certificate), []);
  const delta = [AKI, NUMBER, encodeExtension(EXTENSIONS.deltaCRLIndicator, 4n)];
  const list = await planList({ crlExtensions: delta, revokedCertificates: revoked(8) });
  assert.deepEqual(lintCertList(list, ca.certificate), []);
});

const LIST_FAULTS: readonly (readonly [what: string, rule: string, list: CrlPlan])[] = [
  ['no CRL number', 'crl-number', { crlExtensions: [AKI] }],
  ['a CRL number of 21 octets', 'crl-number', { number: 1n << 159n }],
  ['a negative CRL number', 'crl-number', { number: -1n }],
  ['no authority key identifier', 'authority-key-identifier', { crlExtensions: [NUMBER] }],
  ['a critical CRL number', 'extension-criticality', { crlExtensions: [AKI, { ...NUMBER, critical: true }] }],
  ['a CRL number that stands twice', 'duplicate-extensions', { crlExtensions: [AKI, NUMBER, NUMBER] }],
  ['nextUpdate before thisUpdate', 'cert-list-times', { nextUpdate: new Date('2026-05-01') }],
  [
    'a delta of itself',
    'delta-crl-indicator',
    { crlExtensions: [AKI, NUMBER, encodeExtension(EXTENSIONS.deltaCRLIndicator, 5n)] },
  ],
  ['removeFromCRL in a base CRL', 'entry-reasons', { revokedCertificates: revoked(8) }],
  ['an unknown reason', 'entry-reasons', { revokedCertificates: revoked(7) }],
  ['an RSA signature from an EC key', 'signature-algorithm', { signature: { name: 'rsa-pkcs1', digest: 'sha256' } }],
];

for (const [what, rule, list] of LIST_FAULTS) {
  test(`${what}: ${rule}`, async () => {
    assert.deepEqual(rulesOf(lintCertList(await planList(list), ca.certificate)), [rule]);
  });
}

test('a CRL of version 1, one without nextUpdate, one of another issuer', async () => {
  const hex = formatHex((await planList({})).raw);
  const isVersion2 = hex.indexOf('020101300a');
  assert.ok(isVersion2 > 0);
  const version1 = decodeTbsCertList(parseHex(hex.replace('020101300a', '020100300a')));
  assert.deepEqual(rulesOf(lintCertList(version1, ca.certificate)), ['cert-list-version']);
  const long = formatHex((await planList({ revokedCertificates: Array(10).fill(revoked(1)[0]) })).raw);
  const noEnd = decodeTbsCertList(resized(long, `170d${ascii('260607000000Z')}`, '', -15));
  assert.deepEqual(
    lintCertList(noEnd, ca.certificate).map(({ text }) => text),
    ['nextUpdate is missing'],
  );
  const other = await issue({ subject: 'CN=other', cA: true, key: ca.key });
  assert.deepEqual(rulesOf(lintCertList(await planList({}), other.certificate)), ['issuer-name']);
});

test('a CA whose key usage lacks cRLSign signs no CRL', async () => {
  const extensions = [encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyCertSign)];
  const noCrls = await issue({ subject: 'CN=CA', cA: true, key: ca.key, extensions });
  assert.deepEqual(rulesOf(lintCertList(await planList({}), noCrls.certificate)), ['crl-signer']);
});
