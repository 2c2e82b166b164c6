import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld } from '#test/support/authority-world';
import { certificateText, openssl, verifyCertificate } from '#test/support/openssl';
import { newKey, pkcs10 } from '#test/support/requester';
import type { RegistryValue } from '../ports.ts';
import { readConfiguration } from './configuration.ts';
import { signatureSettingNotice } from './signature-settings.ts';

const STRONG = 'Microsoft Strong Cryptographic Provider';

async function set(world: AuthorityWorld, name: string, value: RegistryValue): Promise<string | undefined> {
  await (await world.as('Administrator')).setRegistry({ path: 'CSP', name, value });
  return signatureSettingNotice(await readConfiguration(world.ports.database), 'csp', name);
}

const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data });
const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data });

/** A certificate, the newest CRL and what openssl makes of both under the CA's certificate. */
async function signed(world: AuthorityWorld) {
  await world.restart();
  const { certificate } = await (await world.as('alice')).submit({
    request: await pkcs10(engine, await newKey(engine)),
    attributes: 'CertificateTemplate:EFS',
  });
  world.now = new Date(world.now.getTime() + 60_000);
  await (await world.as('Administrator')).publishCrl();
  const { keyIndex, certificate: ca } = world.authority.current;
  const crl = new Uint8Array(
    readFileSync(join(world.folder, 'CertEnroll', `Contoso CA${keyIndex === 0 ? '' : `(${keyIndex})`}.crl`)),
  );
  const algorithm = (text: string) => /Signature Algorithm: (\S+)/.exec(text)![1];
  return {
    certificate: certificate!,
    algorithms: [
      algorithm(certificateText(certificate!)),
      algorithm(openssl(['crl', '-inform', 'DER', '-in', '{crl}', '-noout', '-text'], { crl })),
    ],
    verdict: verifyCertificate(certificate!, ca.raw, world.now, crl),
  };
}

describe('from SHA-1 to SHA-2 under a key storage provider', () => {
  let world: AuthorityWorld;
  before(async () => {
    world = await AuthorityWorld.create({ installation: { hashAlgorithm: 'SHA1' } });
  });
  after(() => world.close());

  test('CNGHashAlgorithm rules from the next start on; what was signed before stays good', async () => {
    const old = await signed(world);
    assert.deepEqual(old.algorithms, ['sha1WithRSAEncryption', 'sha1WithRSAEncryption']);
    assert.equal(await set(world, 'CNGHashAlgorithm', sz('SHA256')), undefined);
    const fresh = await signed(world);
    assert.deepEqual(fresh.algorithms, ['sha256WithRSAEncryption', 'sha256WithRSAEncryption']);
    assert.match(fresh.verdict, /: OK$/m);
    assert.match(verifyCertificate(old.certificate, world.authority.current.certificate.raw, world.now), /: OK$/m);
  });

  test("the CA's own certificate stays as it is until it is renewed", async () => {
    const algorithmOf = () =>
      /Signature Algorithm: (\S+)/.exec(certificateText(world.authority.current.certificate.raw))![1];
    assert.equal(algorithmOf(), 'sha1WithRSAEncryption');
    await (await world.as('Administrator')).renewCertificate({ reuseKey: true });
    assert.match((await signed(world)).verdict, /: OK$/m);
    assert.equal(algorithmOf(), 'sha256WithRSAEncryption');
  });

  test('AlternateSignatureAlgorithm signs with RSASSA-PSS: certificates, CRLs, the CA itself', async () => {
    assert.equal(await set(world, 'AlternateSignatureAlgorithm', dword(1)), undefined);
    const pss = await signed(world);
    assert.deepEqual(pss.algorithms, ['rsassaPss', 'rsassaPss']);
    assert.match(pss.verdict, /: OK$/m);
    await (await world.as('Administrator')).renewCertificate({ reuseKey: false });
    assert.match((await signed(world)).verdict, /: OK$/m);
    const ca = world.authority.current.certificate.raw;
    assert.match(certificateText(ca), /Signature Algorithm: rsassaPss\s+Hash Algorithm: sha256/);
    const time = String(Math.floor(world.now.getTime() / 1000));
    openssl(['verify', '-check_ss_sig', '-x509_strict', '-attime', time, '-CAfile', '{ca}', '{ca}'], {
      ca: encodePem('CERTIFICATE', ca),
    });
  });

  test('HashAlgorithm has no effect, and says so; a hash that is none is refused', async () => {
    const notice = await set(world, 'HashAlgorithm', dword(0x8004));
    assert.match(notice!, /^HashAlgorithm is ignored under Microsoft Software Key Storage Provider.*SHA256\.$/);
    assert.equal(await set(world, 'HashAlgorithm', dword(0xffffffff)), undefined);
    for (const hash of ['SHA3', 'MD5', 'md5', ''])
      await assert.rejects(set(world, 'CNGHashAlgorithm', sz(hash)), { symbol: 'NTE_BAD_ALGID' }, hash);
    for (const hash of [0x8003, 0x8012, 0])
      await assert.rejects(set(world, 'HashAlgorithm', dword(hash)), { symbol: 'NTE_BAD_ALGID' }, String(hash));
  });
});

describe('under a CSP', () => {
  let world: AuthorityWorld;
  before(async () => {
    world = await AuthorityWorld.create({ installation: { provider: STRONG, hashAlgorithm: 'SHA1' } });
  });
  after(() => world.close());

  // Document 000: after -setreg ca\csp\CNGHashAlgorithm SHA256 HashAlgorithm is still CALG_SHA1.
  test('CNGHashAlgorithm is ignored, with a notice that says why and what to do', async () => {
    const notice = await set(world, 'CNGHashAlgorithm', sz('SHA256'));
    assert.match(
      notice!,
      /^CNGHashAlgorithm is ignored under Microsoft Strong .*type 1: HashAlgorithm rules, SHA1\..*migrate/,
    );
    assert.deepEqual((await signed(world)).algorithms, ['sha1WithRSAEncryption', 'sha1WithRSAEncryption']);
  });

  test('SHA-2 and RSASSA-PSS are warned of before the CA signs nothing', async () => {
    assert.match((await set(world, 'HashAlgorithm', dword(0x800c)))!, /signs no SHA-2/);
    assert.match((await set(world, 'HashAlgorithm', dword(0xffffffff)))!, /the CA does not start\. Move/);
    assert.equal(await set(world, 'HashAlgorithm', dword(0x8004)), undefined);
    assert.match((await set(world, 'AlternateSignatureAlgorithm', dword(1)))!, /knows no RSASSA-PSS/);
    assert.equal(await set(world, 'AlternateSignatureAlgorithm', dword(0)), undefined);
  });
});
