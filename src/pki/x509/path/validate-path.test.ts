import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { type Entity, type EntityPlan, issue, issueCrl, NOW, newPrivateKey } from '#test/support/x509-hierarchy';
import { nodeEngine } from '../../crypto/node/engine.ts';
import { assembleCertificate, type Certificate, decodeCertificate } from '../certificate.ts';
import type { CertificateList } from '../certificate-list.ts';
import { urlDistributionPoint } from '../extensions/crl-distribution-points.ts';
import { EXTENSIONS, encodeExtension } from '../extensions/extension-table.ts';
import { KEY_USAGE } from '../extensions/key-usage.ts';
import { firstPathError, type PathResult } from './path-result.ts';
import type { RevocationSource } from './revocation-source.ts';
import { type PathRequest, validatePath } from './validate-path.ts';

const root = await issue({ subject: 'CN=Root', cA: true });
const sub = await issue({ subject: 'CN=Sub', cA: true, issuer: root });
const user = await issue({ subject: 'CN=User', issuer: sub });

function validate(certificate: Entity, request: Partial<PathRequest> & { via?: readonly Entity[] } = {}) {
  const { via = [sub], ...rest } = request;
  return validatePath({
    certificate: certificate.certificate,
    candidates: via.map((each) => each.certificate),
    trustAnchors: [root.certificate],
    time: NOW,
    engine: nodeEngine,
    ...rest,
  });
}

/** Symbols for each certificate of the chain, the end certificate's first. */
function symbols(result: PathResult): string[][] {
  return result.errors.map((each) => each.map(({ symbol }) => symbol));
}

function source(...lists: CertificateList[]): RevocationSource {
  return { certificateLists: async () => lists };
}

const revokedEntry = (entity: Entity, reason: number) => ({
  userCertificate: entity.certificate.tbsCertificate.serialNumber,
  revocationDate: new Date('2026-05-05'),
  crlEntryExtensions: [encodeExtension(EXTENSIONS.reasonCode, reason)],
});

test('a sound path ends at the trust anchor', async () => {
  const result = await validate(user);
  assert.ok(result.ok);
  assert.deepEqual(
    result.chain,
    [user, sub, root].map((each) => each.certificate),
  );
  assert.deepEqual(symbols(result), [[], [], []]);
  assert.equal(firstPathError(result), undefined);
});

test('a trust anchor alone is a path', async () => {
  const result = await validate(root, { via: [] });
  assert.ok(result.ok);
  assert.equal(result.chain.length, 1);
});

test('what is distrusted makes no path, wherever in it it stands', async () => {
  assert.deepEqual(symbols(await validate(user, { distrusted: [sub.certificate] })), [
    [],
    ['TRUST_E_EXPLICIT_DISTRUST'],
    [],
  ]);
  const alone = await validate(root, { via: [], distrusted: [root.certificate] });
  assert.deepEqual([alone.ok, symbols(alone)], [false, [['TRUST_E_EXPLICIT_DISTRUST']]]);
  assert.ok((await validate(user, { distrusted: [] })).ok);
});

test('an untrusted root, and a missing issuer', async () => {
  const untrusted = await validate(user, { via: [sub, root], trustAnchors: [] });
  assert.deepEqual(symbols(untrusted), [[], [], ['CERT_E_UNTRUSTEDROOT']]);
  assert.equal(firstPathError(untrusted)?.symbol, 'CERT_E_UNTRUSTEDROOT');
  assert.deepEqual(symbols(await validate(user, { via: [] })), [['CERT_E_CHAINING']]);
  assert.deepEqual(symbols(await validate(root, { trustAnchors: [] })), [['CERT_E_UNTRUSTEDROOT']]);
});

test('a signature by another key under the same name', async () => {
  const impostor = await issue({ subject: 'CN=Sub', cA: true, issuer: root });
  const result = await validate(user, { via: [impostor] });
  assert.ok(!result.ok);
  assert.deepEqual(symbols(result)[0], ['TRUST_E_CERT_SIGNATURE']);
  const both = await validate(user, { via: [impostor, sub] });
  assert.ok(both.ok, 'the right one is found behind it');
});

test('changed bytes of a certificate', async () => {
  const { tbsCertificate, signatureValue } = user.certificate;
  const tbs = Uint8Array.from(tbsCertificate.raw);
  tbs[tbs.length - 1]! ^= 1;
  const changed = decodeCertificate(assembleCertificate(tbs, { name: 'ecdsa', digest: 'sha256' }, signatureValue));
  const result = await validate({ ...user, certificate: changed });
  assert.deepEqual(symbols(result)[0], ['TRUST_E_CERT_SIGNATURE']);
});

test('each certificate must be within its time', async () => {
  const late = new Date('2027-01-01T00:00:01Z');
  assert.deepEqual(symbols(await validate(user, { time: late })), [
    ['CERT_E_EXPIRED'],
    ['CERT_E_EXPIRED'],
    ['CERT_E_EXPIRED'],
  ]);
  assert.deepEqual(symbols(await validate(user, { time: new Date('2025-12-31T23:59:59Z') }))[0], ['CERT_E_EXPIRED']);
  assert.ok((await validate(user, { time: new Date('2027-01-01T00:00:00Z') })).ok, 'notAfter is the last second');
});

async function below(plan: EntityPlan): Promise<[end: Entity, via: Entity]> {
  const via = await issue(plan);
  return [await issue({ subject: 'CN=End', issuer: via }), via];
}

const ISSUER_FAULTS: readonly (readonly [what: string, plan: Partial<EntityPlan>, symbol: string])[] = [
  ['no CA', {}, 'TRUST_E_BASIC_CONSTRAINTS'],
  [
    'no keyCertSign',
    { cA: true, extensions: [encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.cRLSign)] },
    'CERT_E_WRONG_USAGE',
  ],
  [
    'an unknown critical extension',
    { cA: true, extensions: [{ extnID: '1.2.3.4', critical: true, extnValue: Uint8Array.of(5, 0) }] },
    'CERT_E_CRITICAL',
  ],
  [
    'malformed basic constraints',
    { extensions: [{ extnID: EXTENSIONS.basicConstraints.oid, critical: true, extnValue: Uint8Array.of(5, 0) }] },
    'CRYPT_E_ASN1_BADTAG',
  ],
  [
    'an extension that stands twice',
    { cA: true, extensions: [1, 2].map(() => encodeExtension(EXTENSIONS.cRLDistributionPoints, [])) },
    'CERT_E_MALFORMED',
  ],
];

for (const [what, plan, symbol] of ISSUER_FAULTS) {
  test(`an issuer with ${what}: ${symbol}`, async () => {
    const [end, via] = await below({ subject: 'CN=Via', issuer: root, ...plan });
    const result = await validate(end, { via: [via] });
    assert.ok(!result.ok);
    assert.ok(symbols(result)[1]!.includes(symbol), symbols(result).join());
    assert.deepEqual(symbols(result)[0], []);
  });
}

test('path length constraints count CA certificates that are not self-issued', async () => {
  const constrain = (pathLenConstraint: number) => [
    encodeExtension(EXTENSIONS.basicConstraints, { cA: true, pathLenConstraint }),
  ];
  const top = await issue({ subject: 'CN=Top', cA: true, issuer: root, extensions: constrain(0) });
  const renewed = await issue({ subject: 'CN=Top', cA: true, issuer: top });
  const next = await issue({ subject: 'CN=Next', cA: true, issuer: top });
  const via = [top, renewed, next];
  assert.ok((await validate(await issue({ subject: 'CN=a', issuer: top }), { via })).ok);
  assert.ok((await validate(await issue({ subject: 'CN=a', issuer: renewed }), { via })).ok, 'self-issued');
  const result = await validate(await issue({ subject: 'CN=a', issuer: next }), { via });
  assert.deepEqual(symbols(result), [[], [], ['CERT_E_PATHLENCONST'], []]);
});

test('a version 1 root is trusted, a version 1 intermediate is no CA', async () => {
  const without = Object.values(EXTENSIONS).map(({ oid }) => oid);
  const oldRoot = await issue({ subject: 'CN=Old', without });
  assert.equal(oldRoot.certificate.tbsCertificate.version, 1);
  const end = await issue({ subject: 'CN=a', issuer: oldRoot });
  assert.ok((await validate(end, { via: [], trustAnchors: [oldRoot.certificate] })).ok);
  const [deep, via] = await below({ subject: 'CN=Via', issuer: root, without });
  assert.deepEqual(symbols(await validate(deep, { via: [via] })), [[], ['TRUST_E_BASIC_CONSTRAINTS'], []]);
});

test('a required usage binds the whole path; application policies go first', async () => {
  const efs = '1.3.6.1.4.1.311.10.3.4';
  const mail = '1.3.6.1.5.5.7.3.4';
  const usages = (...ids: string[]) => encodeExtension(EXTENSIONS.extKeyUsage, ids);
  const policies = (...ids: string[]) =>
    encodeExtension(
      EXTENSIONS.applicationPolicies,
      ids.map((policyIdentifier) => ({ policyIdentifier })),
    );
  const end = async (...extensions: Parameters<typeof issue>[0]['extensions'] & object) =>
    validate(await issue({ subject: 'CN=a', issuer: sub, extensions }), { requiredUsage: efs });
  assert.ok((await end()).ok, 'without extension any usage');
  assert.ok((await end(usages(mail, efs))).ok);
  assert.ok((await end(usages('2.5.29.37.0'))).ok);
  assert.deepEqual(symbols(await end(usages(mail)))[0], ['CERT_E_WRONG_USAGE']);
  assert.ok((await end(usages(mail), policies(efs))).ok);
  assert.deepEqual(symbols(await end(usages(efs), policies(mail)))[0], ['CERT_E_WRONG_USAGE']);
  const [deep, via] = await below({ subject: 'CN=Via', cA: true, issuer: root, extensions: [usages(mail)] });
  assert.deepEqual(symbols(await validate(deep, { via: [via], requiredUsage: efs })), [[], ['CERT_E_WRONG_USAGE'], []]);
});

test('a CA with two keys: the path goes through the one that signed', async () => {
  const newKey = await newPrivateKey();
  const renewed = await issue({ subject: 'CN=Sub', cA: true, issuer: root, key: newKey });
  for (const issuer of [sub, renewed]) {
    const end = await issue({ subject: 'CN=a', issuer });
    const result = await validate(end, { via: [renewed, sub] });
    assert.ok(result.ok);
    assert.deepEqual(result.chain[1]!.raw, issuer.certificate.raw);
  }
});

test('of two certificates for one key the valid one is used', async () => {
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
  const old = await issue({ subject: 'CN=Sub', cA: true, issuer: root, key: sub.key, validity });
  const result = await validate(user, { via: [old, sub] });
  assert.ok(result.ok);
});

test('CAs that certify each other do not lead in circles', async () => {
  const [keyA, keyB] = [await newPrivateKey(), await newPrivateKey()];
  const self = {
    A: await issue({ subject: 'CN=A', cA: true, key: keyA }),
    B: await issue({ subject: 'CN=B', cA: true, key: keyB }),
  };
  const cross = {
    A: await issue({ subject: 'CN=A', cA: true, key: keyA, issuer: self.B }),
    B: await issue({ subject: 'CN=B', cA: true, key: keyB, issuer: self.A }),
  };
  const end = await issue({ subject: 'CN=a', issuer: self.A });
  const result = await validate(end, { via: [cross.A, cross.B] });
  assert.ok(!result.ok);
  assert.ok(result.chain.length <= 4);
});

test('many candidates of one name are given up on, not tried for ever', async () => {
  const key = await newPrivateKey();
  const crowd: Certificate[] = [];
  for (let i = 0; i < 150; i++)
    crowd.push((await issue({ subject: 'CN=Sub', cA: true, key, issuer: root })).certificate);
  let tried = 0;
  const engine = {
    ...nodeEngine,
    verify: (...args: Parameters<typeof nodeEngine.verify>) => {
      tried++;
      return nodeEngine.verify(...args);
    },
  };
  const result = await validate(user, { candidates: crowd, engine });
  assert.ok(!result.ok);
  assert.ok(tried <= 100, `${tried} signatures`);
});

test('revocation: good, revoked, on hold, and no CRL', async () => {
  const rootCrl = await issueCrl(root);
  const subCrl = await issueCrl(sub);
  assert.ok((await validate(user, { revocation: source(rootCrl, subCrl) })).ok);
  const hold = await issueCrl(sub, { revokedCertificates: [revokedEntry(user, 6)] });
  assert.deepEqual(symbols(await validate(user, { revocation: source(rootCrl, hold) })), [['CRYPT_E_REVOKED'], [], []]);
  const subRevoked = await issueCrl(root, { revokedCertificates: [revokedEntry(sub, 2)] });
  assert.deepEqual(symbols(await validate(user, { revocation: source(subRevoked, subCrl) })), [
    [],
    ['CRYPT_E_REVOKED'],
    [],
  ]);
  assert.deepEqual(symbols(await validate(user, { revocation: source() })), [
    ['CRYPT_E_REVOCATION_OFFLINE'],
    ['CRYPT_E_REVOCATION_OFFLINE'],
    [],
  ]);
});

const UNUSABLE: readonly (readonly [what: string, list: () => Promise<CertificateList>])[] = [
  ['a stale CRL', () => issueCrl(sub, { nextUpdate: new Date('2026-05-31T12:00:00Z') })],
  ['a CRL of the future', () => issueCrl(sub, { thisUpdate: new Date('2026-06-02') })],
  ['a CRL of another key', () => issueCrl(user, { under: sub })],
  ['a CRL of another issuer', () => issueCrl(sub, { under: root })],
  [
    'a CRL for CA certificates',
    () =>
      issueCrl(sub, {
        crlExtensions: [encodeExtension(EXTENSIONS.issuingDistributionPoint, { onlyContainsCACerts: true })],
      }),
  ],
  [
    'a CRL of another distribution point',
    () =>
      issueCrl(sub, {
        crlExtensions: [encodeExtension(EXTENSIONS.issuingDistributionPoint, urlDistributionPoint(['http://other']))],
      }),
  ],
  [
    'an indirect CRL',
    () =>
      issueCrl(sub, { crlExtensions: [encodeExtension(EXTENSIONS.issuingDistributionPoint, { indirectCRL: true })] }),
  ],
  [
    'an unknown critical extension',
    () => issueCrl(sub, { crlExtensions: [{ extnID: '1.2.3.4', critical: true, extnValue: Uint8Array.of(5, 0) }] }),
  ],
  ['a delta CRL alone', () => issueCrl(sub, { crlExtensions: delta(2n, 1n) })],
];

function delta(number: bigint, base: bigint) {
  return [encodeExtension(EXTENSIONS.cRLNumber, number), encodeExtension(EXTENSIONS.deltaCRLIndicator, base)];
}

for (const [what, list] of UNUSABLE) {
  test(`${what} tells nothing`, async () => {
    const result = await validate(user, { revocation: source(await issueCrl(root), await list()) });
    assert.deepEqual(symbols(result), [['CRYPT_E_REVOCATION_OFFLINE'], [], []]);
  });
}

test('a CRL of the distribution point that the certificate names', async () => {
  const points = [urlDistributionPoint(['ldap://x', 'http://crl/1'])];
  const end = await issue({
    subject: 'CN=a',
    issuer: sub,
    extensions: [encodeExtension(EXTENSIONS.cRLDistributionPoints, points)],
  });
  const scope = { ...urlDistributionPoint(['http://crl/1']), onlyContainsUserCerts: true };
  const list = await issueCrl(sub, { crlExtensions: [encodeExtension(EXTENSIONS.issuingDistributionPoint, scope)] });
  assert.ok((await validate(end, { revocation: source(await issueCrl(root), list) })).ok);
});

test('a delta CRL adds to its base and takes from it', async () => {
  const rootCrl = await issueCrl(root);
  const thisUpdate = new Date('2026-06-01T00:00:00Z');
  const withDelta = async (base: CertificateList, reason: number, on = 1n) => {
    const list = await issueCrl(sub, {
      thisUpdate,
      crlExtensions: delta(2n, on),
      revokedCertificates: [revokedEntry(user, reason)],
    });
    return symbols(await validate(user, { revocation: source(rootCrl, list, base) }))[0];
  };
  const clean = await issueCrl(sub);
  const held = await issueCrl(sub, { revokedCertificates: [revokedEntry(user, 6)] });
  assert.deepEqual(await withDelta(clean, 1), ['CRYPT_E_REVOKED']);
  assert.deepEqual(await withDelta(held, 8), []);
  assert.deepEqual(await withDelta(clean, 1, 2n), [], 'a delta of a later base does not apply');
});

test('the newest of several CRLs counts', async () => {
  const old = await issueCrl(sub, { thisUpdate: new Date('2026-05-30'), number: 1n });
  const recent = await issueCrl(sub, { number: 2n, revokedCertificates: [revokedEntry(user, 1)] });
  const result = await validate(user, { revocation: source(await issueCrl(root), recent, old) });
  assert.deepEqual(symbols(result)[0], ['CRYPT_E_REVOKED']);
});

test('a source that fails is offline; one with a bug of ours is not hidden', async () => {
  const failing = (error: Error): RevocationSource => ({ certificateLists: () => Promise.reject(error) });
  const offline = await validate(user, { revocation: failing(hresult('RPC_S_SERVER_UNAVAILABLE')) });
  assert.deepEqual(symbols(offline)[0], ['CRYPT_E_REVOCATION_OFFLINE']);
  await assert.rejects(validate(user, { revocation: failing(new TypeError('bug')) }), TypeError);
});

test("an OCSP responder's certificate with ocsp-nocheck is not checked", async () => {
  const nocheck = encodeExtension(EXTENSIONS.ocspNocheck, true);
  const signing = encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.5.5.7.3.9']);
  const revocation = source(await issueCrl(root));
  const responder = await issue({ subject: 'CN=o', issuer: sub, extensions: [nocheck, signing] });
  assert.ok((await validate(responder, { revocation })).ok);
  const other = await issue({ subject: 'CN=o', issuer: sub, extensions: [nocheck] });
  assert.deepEqual(symbols(await validate(other, { revocation }))[0], ['CRYPT_E_REVOCATION_OFFLINE']);
});
