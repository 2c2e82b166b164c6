/** One test a finding: the files of a CA that is not ours, as Windows writes them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { szOID_KP_KEY_RECOVERY_AGENT } from '#pki/asn1/oid-table';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { type SealOptions, sealPfx } from '#pki/pkcs12/seal';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { PROVIDERS } from '#providers/names';
import { type ExportedValues, exportedRegistry } from '#test/support/exported-registry';
import { type Entity, issue, NOW } from '#test/support/x509-hierarchy';
import type { CaFiles } from '../api.ts';
import type { Diagnosis, DiagnosisCode } from '../finding.ts';
import { examineFiles } from './examine-files.ts';

const KSP = 'Microsoft Software Key Storage Provider';
const STRONG = 'Microsoft Strong Cryptographic Provider';
const AES: SealOptions = { algorithm: 'AES256_SHA256', iterations: 2000 };
const LIFE = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z') };

interface Made extends Entity {
  readonly pkcs8: Uint8Array;
  readonly hash: string;
}

async function make(plan: Parameters<typeof issue>[0], bits = 2048): Promise<Made> {
  const pkcs8 = await engine.generateKey({ type: 'rsa', modulusLength: bits });
  const key = await engine.importPrivateKey(pkcs8);
  const entity = await issue({ validity: LIFE, cA: true, ...plan, key });
  return { ...entity, pkcs8, hash: await hashOf(entity.certificate) };
}

async function hashOf(certificate: Certificate): Promise<string> {
  return Buffer.from(await thumbprint(certificate, engine)).toString('hex');
}

let root: Made;
let ca: Made;
before(async () => {
  root = await make({ subject: 'CN=Root' });
  ca = await make({ subject: 'CN=Contoso CA', issuer: root });
});

interface KeyPlan {
  readonly provider?: string;
  readonly usage?: number;
  readonly machineKeyset?: boolean;
  readonly localKeyIds?: readonly [key: number, certificate: number];
}

async function pfxOf(of: readonly Made[], plan: KeyPlan = {}, options = AES, others: readonly Certificate[] = []) {
  const {
    provider = KSP,
    usage = KEY_USAGE.digitalSignature | KEY_USAGE.dataEncipherment,
    machineKeyset = true,
  } = plan;
  const [keyId, certificateId] = plan.localKeyIds ?? [1, 1];
  const keys = of.map(({ pkcs8 }, i) => ({
    pkcs8: withKeyUsage(pkcs8, usage),
    attributes: keyBagAttributes({
      localKeyId: windowsLocalKeyId(keyId + i),
      friendlyName: 'Contoso CA',
      cspName: provider,
      machineKeyset,
    }),
  }));
  const certificates = [
    ...of.map(({ certificate }, i) => ({
      certificate: certificate.raw,
      attributes: certBagAttributes({ localKeyId: windowsLocalKeyId(certificateId + i) }),
    })),
    ...others.map((certificate) => ({
      certificate: certificate.raw,
      attributes: certBagAttributes(plan.localKeyIds ? { localKeyId: windowsLocalKeyId(keyId) } : {}),
    })),
  ];
  return {
    name: 'CA.p12',
    bytes: await sealPfx({ keys, certificates }, 'secret', options, engine),
    password: 'secret',
  };
}

function regOf(values: ExportedValues = {}, csp: ExportedValues = {}, more: Record<string, ExportedValues> = {}) {
  return exportedRegistry({
    '': { Active: 'Contoso CA' },
    'Contoso CA': {
      CommonName: 'Contoso CA',
      CAServerName: 'ca01.contoso.com',
      CACertHash: [ca.hash],
      ValidityPeriod: 'Years',
      ValidityPeriodUnits: 2,
      ...values,
    },
    'Contoso CA\\CSP': { ProviderType: 0, Provider: KSP, CNGHashAlgorithm: 'SHA256', MachineKeyset: 1, ...csp },
    'Contoso CA\\EncryptionCSP': { ProviderType: 0, Provider: KSP, MachineKeyset: 1 },
    ...more,
  });
}

async function look(files: Partial<CaFiles>): Promise<readonly Diagnosis[]> {
  const all = { pfx: [], certificates: [], registry: undefined, ...files };
  return (await examineFiles(all, { engine, now: NOW, known: PROVIDERS })).findings;
}

async function only(files: Partial<CaFiles>, code: DiagnosisCode, severity: Diagnosis['severity'], symbol?: string) {
  const findings = await look(files);
  assert.deepEqual(
    findings.map((each) => [each.code, each.severity, each.symbol]),
    [[code, severity, symbol]],
    findings.map(({ text }) => text).join('\n'),
  );
  return findings[0]!;
}

test('of a whole backup nothing is wrong', async () => {
  const files = { pfx: [await pfxOf([ca], {}, AES, [root.certificate])], registry: regOf() };
  assert.deepEqual(await look(files), []);
  const { config } = await examineFiles({ ...files, certificates: [] }, { engine, now: NOW, known: PROVIDERS });
  assert.equal(config, 'ca01.contoso.com\\Contoso CA');
  assert.deepEqual(await look({ certificates: [ca.certificate.raw, root.certificate.raw] }), []);
});

test('a wrong password, and what is no certificate', async () => {
  const pfx = await pfxOf([ca]);
  await assert.rejects(look({ pfx: [{ ...pfx, password: 'Secret' }] }), { symbol: 'ERROR_INVALID_PASSWORD' });
  await assert.rejects(look({ certificates: [Uint8Array.of(0x30, 0)] }), { name: 'Asn1Error' });
});

describe('keys and certificates', () => {
  test('ca-key-missing, ca-certificate-missing, ca-certificate-retired', async () => {
    const pfx = [await pfxOf([root])];
    const certificates = [ca.certificate.raw];
    await only({ pfx, certificates, registry: regOf() }, 'ca-key-missing', 'error', 'NTE_NO_KEY');
    const whole = [await pfxOf([ca], {}, AES, [root.certificate])];
    const gone = 'ab'.repeat(20);
    const earlier = regOf({ CACertHash: [gone, ca.hash] });
    const { cure } = await only(
      { pfx: whole, registry: earlier },
      'ca-certificate-missing',
      'warning',
      'CRYPT_E_NOT_FOUND',
    );
    assert.match(cure!, /write "-"/);
    const newest = regOf({ CACertHash: [ca.hash, gone] });
    await only({ pfx: whole, registry: newest }, 'ca-certificate-missing', 'error', 'CRYPT_E_NOT_FOUND');
    await only({ pfx: whole, registry: regOf({ CACertHash: ['-', ca.hash] }) }, 'ca-certificate-retired', 'note');
  });

  test('hashes that are none', async () => {
    const pfx = [await pfxOf([ca], {}, AES, [root.certificate])];
    await only(
      { pfx, registry: regOf({ CACertHash: ['xyz', ca.hash] }) },
      'ca-certificate-missing',
      'error',
      'ERROR_INVALID_DATA',
    );
    // As old systems write them.
    const spaced = ca.hash.toUpperCase().replace(/..(?=.)/g, '$& ');
    assert.deepEqual(await look({ pfx, registry: regOf({ CACertHash: [spaced] }) }), []);
    // The newest is the last that is not retired.
    const [gone] = await look({ pfx, registry: regOf({ CACertHash: ['0'.repeat(40), '-'] }) });
    assert.deepEqual([gone!.severity, gone!.code], ['error', 'ca-certificate-missing']);
  });

  test('exchange-key: the newest exchange certificate, and those whose keys are wanting', async () => {
    const exchange = await make({ subject: 'CN=Contoso CA-Xchg', issuer: ca, cA: false });
    const pfx = [await pfxOf([ca], {}, AES, [root.certificate])];
    const registry = regOf({ CAXchgCertHash: ['1'.repeat(40), '-', exchange.hash] });
    const elsewhere = await only({ pfx, registry }, 'exchange-key', 'note');
    assert.match(elsewhere.text, /^CA exchange certificate 2 .* is in none of the files\.$/);
    const without = { pfx, registry, certificates: [exchange.certificate.raw] };
    assert.match((await only(without, 'exchange-key', 'note')).text, /^No PFX has the key/);
    const withKey = { pfx: [...pfx, await pfxOf([exchange])], registry };
    assert.deepEqual(await look(withKey), []);
    await only({ pfx, registry: regOf({ CAXchgCertHash: ['xyz'] }) }, 'exchange-key', 'note');
  });

  test('ca-key-mismatch, key-without-certificate', async () => {
    const other = await make({ subject: 'CN=Other', issuer: root });
    const named = await pfxOf([ca], { localKeyIds: [1, 1] }, AES, [other.certificate]);
    const codes = (await look({ pfx: [named], certificates: [root.certificate.raw] })).map(({ code }) => code);
    assert.ok(codes.includes('ca-key-mismatch'), codes.join());
    const bytes = await sealPfx(
      { keys: [{ pkcs8: ca.pkcs8, attributes: [] }], certificates: [] },
      'secret',
      AES,
      engine,
    );
    const alone = { name: 'key.p12', bytes, password: 'secret' };
    const whole = await pfxOf([root]);
    const { cure } = await only({ pfx: [alone, whole] }, 'key-without-certificate', 'note');
    assert.match(cure!, /^--cert FILE/);
    // Its certificate may have come by itself.
    const beside = { pfx: [alone], certificates: [ca.certificate.raw, root.certificate.raw], registry: regOf() };
    assert.deepEqual(
      (await look(beside)).map(({ code }) => code),
      ['machine-keyset'],
    );
  });

  test('key-spec: a key of a KSP that is marked AT_SIGNATURE', async () => {
    const signature = { usage: KEY_USAGE.digitalSignature };
    const pfx = [await pfxOf([ca], signature, AES, [root.certificate])];
    const { file, cure } = await only({ pfx, registry: regOf() }, 'key-spec', 'warning', 'NTE_BAD_FLAGS');
    assert.match(`${cure}\n${file!.content}`, /KeyProv\.inf\n\[Properties\]\n.*\n.*Container = Contoso CA&/);
    const csp = [await pfxOf([ca], { ...signature, provider: STRONG }, AES, [root.certificate])];
    const settings = { ProviderType: 1, Provider: STRONG, HashAlgorithm: 0x8004 };
    const codes = (await look({ pfx: csp, registry: regOf({}, settings) })).map(({ code }) => code);
    assert.ok(!codes.includes('key-spec'), codes.join());
  });

  test('ca-key-provider, ca-keys-scattered, machine-keyset', async () => {
    const pfx = [await pfxOf([ca], { provider: STRONG }, AES, [root.certificate])];
    await only({ pfx, registry: regOf() }, 'ca-key-provider', 'warning', 'NTE_BAD_KEYSET');
    const others = [await pfxOf([ca], {}, AES, [root.certificate]), await pfxOf([root], { provider: STRONG })];
    await only({ pfx: others }, 'ca-keys-scattered', 'warning');
    const users = [await pfxOf([ca], { machineKeyset: false }, AES, [root.certificate])];
    await only({ pfx: users, registry: regOf() }, 'machine-keyset', 'note');
  });

  test('ca-chain, certificate-sha1, ca-key-short', async () => {
    await only({ pfx: [await pfxOf([ca])], registry: regOf() }, 'ca-chain', 'warning', 'CERT_E_CHAINING');
    const old = await make({ subject: 'CN=Old', issuer: root, signature: { name: 'rsa-pkcs1', digest: 'sha1' } }, 1024);
    const codes = (await look({ certificates: [old.certificate.raw, root.certificate.raw] })).map(({ code }) => code);
    assert.deepEqual(codes, ['ca-key-short', 'certificate-sha1']);
  });

  test('ca-certificate-expired, ca-certificate-ends', async () => {
    const notBefore = LIFE.notBefore;
    const ended = await make({
      subject: 'CN=Root',
      validity: { notBefore, notAfter: new Date('2026-05-01T00:00:00Z') },
    });
    await only({ certificates: [ended.certificate.raw] }, 'ca-certificate-expired', 'error', 'CERT_E_EXPIRED');
    const soon = await make({
      subject: 'CN=Root',
      validity: { notBefore, notAfter: new Date('2026-06-11T00:00:00Z') },
    });
    await only({ certificates: [soon.certificate.raw] }, 'ca-certificate-ends', 'warning');
    const pfx = [await pfxOf([ended, ca], {}, AES, [root.certificate])];
    const history = regOf({ CACertHash: [ended.hash, ca.hash] });
    assert.match((await only({ pfx, registry: history }, 'ca-certificate-expired', 'note')).cure!, /0x80090003/);
  });
});

test('pfx-weak: RC2-40, which openssl and old Windows write, and an unencrypted key', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-weak-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const pem = `${encodePem('PRIVATE KEY', root.pkcs8)}${encodePem('CERTIFICATE', root.certificate.raw)}`;
  writeFileSync(join(folder, 'root.pem'), pem, { mode: 0o600 });
  const written = (...options: string[]) => {
    const args = [
      'pkcs12',
      '-export',
      '-legacy',
      '-in',
      'root.pem',
      '-out',
      'x.p12',
      '-passout',
      'pass:secret',
      ...options,
    ];
    execFileSync('openssl', args, { cwd: folder });
    return { pfx: [{ name: 'x.p12', bytes: new Uint8Array(readFileSync(join(folder, 'x.p12'))), password: 'secret' }] };
  };
  const rc2 = 'PBE-SHA1-RC2-40';
  await only(written('-keypbe', rc2, '-certpbe', rc2), 'pfx-weak', 'error');
  await only(written('-keypbe', 'PBE-SHA1-3DES', '-certpbe', rc2), 'pfx-weak', 'note');
  assert.match((await only(written('-keypbe', 'NONE', '-certpbe', 'NONE'), 'pfx-weak', 'error')).text, /unencrypted/);
  const iterations = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-nomaciter'];
  assert.match((await only(written(...iterations), 'pfx-weak', 'warning')).text, /1 iterations/);
});

describe('a registration file alone', () => {
  const codesOf = async (csp: ExportedValues) => (await look({ registry: regOf({}, csp) })).map(({ code }) => code);

  test('hash-ignored, sha1-signatures, encryption-provider', async () => {
    const csp = { ProviderType: 1, Provider: STRONG, HashAlgorithm: 0x8004 };
    assert.deepEqual(await codesOf(csp), ['hash-ignored', 'sha1-signatures', 'encryption-provider']);
  });

  test('provider-type, provider-unknown, signature-settings, check-failed', async () => {
    assert.deepEqual(await codesOf({ ProviderType: 24, HashAlgorithm: 0x800d }), ['provider-type', 'hash-ignored']);
    assert.deepEqual(await codesOf({ ProviderType: 24, HashAlgorithm: 0x800c }), ['provider-type']);
    assert.deepEqual(await codesOf({ Provider: 'Acme KSP' }), ['provider-unknown', 'encryption-provider']);
    assert.deepEqual(await codesOf({ CNGHashAlgorithm: 'SHA7' }), ['signature-settings']);
    assert.deepEqual(await codesOf({ Provider: 7 }), ['check-failed']);
  });

  test('publication-host, database-path', async () => {
    const urls = (...list: string[]) => regOf({ CRLPublicationURLs: list });
    const own = '6:http://ca01.contoso.com/CertEnroll/%3%8%9.crl';
    assert.match((await only({ registry: urls(own) }, 'publication-host', 'warning')).text, /names this machine/);
    const former = '65:\\\\oldca\\CertEnroll\\%3%8%9.crl';
    assert.match(
      (await only({ registry: urls(former) }, 'publication-host', 'warning')).text,
      /oldca the name it had before/,
    );
    const fine = ['79:ldap:///CN=%7%8', '6:http://%1/x.crl', '6:http://pki.example.net/x.crl', '65:C:\\Windows\\x.crl'];
    assert.deepEqual(await look({ registry: urls(...fine) }), []);
    const machine = { '': { Active: 'Contoso CA', DBDirectory: 'D:\\CertLog' } };
    await only({ registry: regOf({}, {}, machine) }, 'database-path', 'note');
  });

  test('recovery-agent, recovery-agent-ends, recovery-agents-few', async () => {
    const purpose = [encodeExtension(EXTENSIONS.extKeyUsage, [szOID_KP_KEY_RECOVERY_AGENT])];
    const usage = encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment);
    const notBefore = LIFE.notBefore;
    const kra = (notAfter: string, extensions = [...purpose, usage]) =>
      make({
        subject: 'CN=kra1',
        issuer: root,
        cA: false,
        extensions,
        validity: { notBefore, notAfter: new Date(notAfter) },
      });
    const look1 = async (agent: Made, ...rest: Parameters<typeof only> extends [unknown, ...infer R] ? R : never) => {
      const registry = regOf({ KRACertCount: 1, KRACertHash: [agent.hash] });
      return only({ certificates: [ca, root, agent].map(({ certificate }) => certificate.raw), registry }, ...rest);
    };
    await look1(await kra('2026-05-01T00:00:00Z'), 'recovery-agent', 'warning', 'CERT_E_EXPIRED');
    await look1(await kra('2026-06-20T00:00:00Z'), 'recovery-agent-ends', 'warning');
    await look1(await kra('2027-06-20T00:00:00Z', [usage]), 'recovery-agent', 'warning', 'CERT_E_WRONG_USAGE');
    await only({ registry: regOf({ KRACertCount: 1, KRACertHash: ['ab'.repeat(20)] }) }, 'recovery-agent', 'note');
    const few = regOf({ KRACertCount: 1, KRACertHash: [] });
    await only({ registry: few }, 'recovery-agents-few', 'error', 'CERTSRV_E_NO_VALID_KRA');
  });
});
