/** Recovered keys and PFX files as openssl, NSS and Java see them, and BLOBs and PFX files that openssl made. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isSameBytes } from '#pki/asn1/bytes';
import { encodePem } from '#pki/asn1/pem';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openRecoveryBlob } from '#recover/open-blob';
import { KeyStation, KSP, STRONG } from '#test/support/key-station';
import { chainOf, type Holder, makeHolder, makeRecoveryBlob, nativeKeyBlob, P256 } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';
import { Folder } from './cms-parties.ts';

const folder = new Folder();
const station = new KeyStation();
after(() => {
  folder.remove();
  station.remove();
});

const PASSWORD = 'correct horse';
const MESSAGE = 'what was written to the user';
let user: Holder;
let curveUser: Holder;
let agent: Holder;
let ca: Holder;
before(async () => {
  const root = await makeHolder({ subject: 'CN=Root', role: 'ca' });
  ca = await makeHolder({ subject: 'CN=CA', role: 'ca', issuer: root });
  user = await makeHolder({ subject: 'CN=user1', role: 'user', issuer: ca });
  curveUser = await makeHolder({ subject: 'CN=user2', role: 'user', issuer: ca, parameters: P256 });
  agent = await makeHolder({ subject: 'CN=KRA', role: 'agent', issuer: ca });
  await station.install(agent, { machine: true, provider: STRONG, keySpec: 1, exportable: false });
  for (const [name, holder] of Object.entries({ root, ca, user, curveUser, agent })) {
    folder.write(`${name}.pem`, encodePem('CERTIFICATE', holder.certificate.raw, { lineEnding: '\n' }));
    folder.write(`${name}.key`, encodePem('PRIVATE KEY', holder.pkcs8, { lineEnding: '\n' }));
  }
  folder.write('message.txt', MESSAGE);
  folder.run('certutil -N -d sql:. --empty-password');
});

/** Certhaven's certutil in the folder; throws what it prints where it fails. */
async function certutil(...argv: readonly string[]): Promise<void> {
  const console = new TranscriptConsole(folder.path);
  const exit = await station.certutil(argv, console);
  assert.equal(exit, 0, `${console.output}${console.errors}`);
}

/** Seals the message to the certificate and opens it with the key out of the PFX, all by openssl. */
function assertDecrypts(certificate: string, pfx: string): void {
  folder.run(`openssl cms -encrypt -aes-256-cbc -in message.txt -outform DER -out message.p7m ${certificate}`);
  folder.run(`openssl pkcs12 -in ${pfx} -nodes -nocerts -out out.key -passin`, `pass:${PASSWORD}`);
  folder.run('openssl cms -decrypt -in message.p7m -inform DER -inkey out.key -out opened.txt');
  assert.equal(new TextDecoder().decode(folder.read('opened.txt')), MESSAGE);
}

/** Three readers find each subject; openssl counts as many certificates. */
function assertReadable(pfx: string, subjects: readonly string[]): void {
  const openssl = folder.run(`openssl pkcs12 -in ${pfx} -nokeys -passin`, `pass:${PASSWORD}`);
  const nss = folder.run(`pk12util -l ${pfx} -d sql:. -W`, PASSWORD);
  const java = folder.run(`keytool -list -v -storetype PKCS12 -keystore ${pfx} -storepass`, PASSWORD);
  assert.equal(openssl.match(/BEGIN CERTIFICATE/g)?.length, subjects.length);
  for (const subject of subjects) {
    for (const listing of [openssl, nss, java]) assert.match(listing, new RegExp(`CN ?= ?${subject}\\b`));
  }
}

for (const which of ['user', 'curveUser'] as const) {
  describe(`the key of ${which}`, () => {
    before(async () => {
      const holder = which === 'user' ? user : curveUser;
      folder.write(`${which}.rec`, await makeRecoveryBlob({ ca, user: holder, agents: [agent] }));
      await certutil('-p', PASSWORD, '-recoverkey', `${which}.rec`, `${which}.pfx`);
    });

    it('opens in openssl, NSS and Java with its chain', () => {
      assertReadable(`${which}.pfx`, [which === 'user' ? 'user1' : 'user2', 'CA', 'Root']);
    });

    it('decrypts what was written to the user', () => assertDecrypts(`${which}.pem`, `${which}.pfx`));

    it('is imported by NSS', () => {
      folder.run(`pk12util -i ${which}.pfx -d sql:. -W`, PASSWORD);
      assert.match(folder.run('certutil -K -d sql:.'), which === 'user' ? /rsa/ : /ec/);
    });
  });
}

describe('recovery BLOBs', () => {
  it('are opened by openssl with the key of the agent', async () => {
    folder.write('blob.rec', await makeRecoveryBlob({ ca, user, agents: [agent] }));
    folder.run('openssl cms -verify -in blob.rec -inform DER -CAfile root.pem -purpose any -binary -out inner.p7m');
    folder.run(
      'openssl cms -decrypt -in inner.p7m -inform DER -inkey agent.key -recip agent.pem -binary -out key.blob',
    );
    assert.ok(isSameBytes(folder.read('key.blob'), nativeKeyBlob(user)));
    const modulus = folder.run('openssl rsa -inform MSBLOB -in key.blob -noout -modulus');
    assert.match(modulus, new RegExp(folder.run('openssl x509 -in user.pem -noout -modulus').trim()));
  });

  it('are read as openssl writes them: streamed, in BER, without the attribute of the CA', async () => {
    folder.write('user.blob', nativeKeyBlob(user));
    folder.write(
      'chain.pem',
      [user, agent, ...chainOf(ca).slice(1)]
        .map(({ certificate }) => encodePem('CERTIFICATE', certificate.raw, { lineEnding: '\n' }))
        .join(''),
    );
    folder.run('openssl cms -encrypt -binary -stream -des3 -in user.blob -outform DER -out archived.p7m agent.pem');
    folder.run(
      'openssl cms -sign -binary -nodetach -stream -md sha256 -in archived.p7m -signer ca.pem -inkey ca.key -certfile chain.pem -outform DER -out openssl.rec',
    );
    const recovered = await openRecoveryBlob(folder.read('openssl.rec'), {
      engine: nodeEngine,
      findRecipientKey: async (rid) =>
        identifiesCertificate(rid, agent.certificate)
          ? { certificate: agent.certificate, decrypter: agent.key, close: () => undefined }
          : undefined,
    });
    assert.deepEqual(recovered.certificate.raw, user.certificate.raw);
    assert.equal(recovered.chain.length, 3);
  });
});

describe('PFX files', () => {
  const inventory = () => station.inventory();

  it('of openssl are imported, and exported again for openssl', async () => {
    for (const options of [
      '',
      '-legacy',
      '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1',
      '-LMK -keysig -CSP Microsoft_Strong',
    ]) {
      const words = options === '' ? [] : options.split(' ');
      const name = `openssl-${words.length}`;
      folder.run(
        `openssl pkcs12 -export -inkey user.key -in user.pem -certfile ca.pem -out ${name}.p12 -passout pass:${PASSWORD.split(' ')[0]}`,
        ...words,
      );
      await certutil('-user', '-csp', KSP, '-p', PASSWORD.split(' ')[0]!, '-importPFX', `${name}.p12`, 'NoRoot');
      await certutil('-user', '-p', PASSWORD, '-f', '-exportPFX', 'user1', 'again.pfx');
      assertDecrypts('user.pem', 'again.pfx');
      const listing = folder.run('openssl pkcs12 -info -in again.pfx -nodes -passin', `pass:${PASSWORD}`);
      assert.match(listing, /Microsoft CSP Name: Microsoft Software Key Storage Provider/);
      assert.match(listing, /X509v3 Key Usage: 90/);
    }
    assertReadable('again.pfx', ['user1', 'CA']);
  });

  it('are written in the old form where that is asked for', async () => {
    await certutil(
      '-user',
      '-p',
      PASSWORD,
      '-f',
      '-exportPFX',
      'user1',
      'old.pfx',
      'CryptoAlgorithm=TripleDES_SHA1,NoChain',
    );
    const info = folder.run('openssl pkcs12 -info -in old.pfx -nodes -passin', `pass:${PASSWORD}`);
    assert.match(info, /MAC: sha1, Iteration 2000/);
    assert.match(info, /pbeWithSHA1And3-KeyTripleDES-CBC/);
    assertReadable('old.pfx', ['user1']);
  });

  it('with a wrong password change nothing', async () => {
    const before = await inventory();
    const console = new TranscriptConsole(folder.path);
    assert.equal(await station.certutil(['-user', '-p', 'wrong', '-importPFX', 'again.pfx'], console), 0x80070056);
    assert.equal(await inventory(), before);
  });

  it('merged into one have both keys for openssl, NSS and Java', async () => {
    await certutil('-p', PASSWORD, '-MergePFX', 'user.pfx,curveUser.pfx', 'merged.pfx');
    assertReadable('merged.pfx', ['user1', 'user2', 'CA', 'Root']);
    const keys = folder.run('openssl pkcs12 -in merged.pfx -nodes -nocerts -passin', `pass:${PASSWORD}`);
    assert.equal(keys.match(/BEGIN PRIVATE KEY/g)?.length, 2);
    const entries = folder.run('keytool -list -storetype PKCS12 -keystore merged.pfx -storepass', PASSWORD);
    assert.equal(entries.match(/PrivateKeyEntry/g)?.length, 2);
  });
});
