/** -backupKey and -restoreKey of a CA that has had several keys. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { HRESULTS, type HresultSymbol } from '#hresult/codes';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openPfx } from '#pki/pkcs12/open';
import { sealPfx } from '#pki/pkcs12/seal';
import { KeyStation, KSP, STRONG } from '#test/support/key-station';
import { type Holder, makeHolder, P256 } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';
import { openTwin } from '#test/support/twin-authority';
import type { CertutilPorts } from './context.ts';

const NOW = new Date();
describe('-backupKey and -restoreKey', () => {
  let root: Holder;
  let expired: Holder;
  let renewed: Holder;
  let newest: Holder;
  let user: Holder;
  let station: KeyStation;
  let folder: string;
  let ca: Partial<CertutilPorts>;

  before(async () => {
    root = await makeHolder({ subject: 'CN=Contoso Root', role: 'ca', parameters: P256 });
    const own = { subject: 'CN=Contoso CA, O=Contoso', role: 'ca', issuer: root, parameters: P256 } as const;
    expired = await makeHolder({ ...own, notAfter: new Date(NOW.getTime() - 86_400_000) });
    renewed = await makeHolder({ ...own, parameters: { type: 'rsa', modulusLength: 2048 } });
    newest = await makeHolder({ ...own, sameKeyAs: renewed });
    user = await makeHolder({ subject: 'CN=user', role: 'user', issuer: root, parameters: P256 });
  });
  beforeEach(async () => {
    station = new KeyStation();
    folder = mkdtempSync(join(tmpdir(), 'backup-key-'));
    const twin = await openTwin();
    ca = {
      machineName: 'ca01.contoso.com',
      clock: { now: () => NOW },
      authorities: async () => [],
      configuration: twin.configuration,
    };
  });
  afterEach(() => {
    station.remove();
    rmSync(folder, { recursive: true });
  });

  async function run(argv: readonly string[], answers: string[] = [], ports = ca) {
    const console = new TranscriptConsole(folder, answers);
    const exit = await station.certutil(argv, console, ports);
    return { exit, lines: console.output.trimEnd().split('\n'), errors: console.errors };
  }

  async function fails(symbol: HresultSymbol, argv: readonly string[], ports = ca): Promise<string> {
    const inventory = await station.inventory();
    const files = readdirSync(folder).join();
    const { exit, errors, lines } = await run(argv, [], ports);
    assert.equal(exit, HRESULTS[symbol][0], `${lines}\n${errors}`);
    assert.equal(await station.inventory(), inventory);
    assert.equal(readdirSync(folder).join(), files);
    return errors;
  }

  const hashOf = async ({ certificate }: Holder) => formatHex(await nodeEngine.digest('sha1', certificate.raw));

  async function setHashes(...holders: Holder[]): Promise<void> {
    const configuration = await ca.configuration!(undefined);
    const data = await Promise.all(holders.map(hashOf));
    await configuration.setRegistry({ path: '', name: 'CACertHash', value: { type: 'REG_MULTI_SZ', data } });
  }

  async function hashes(): Promise<readonly string[]> {
    const settings = await (await ca.configuration!(undefined)).registry();
    const value = settings.find(({ name }) => name === 'CACertHash')!.value;
    return value.type === 'REG_MULTI_SZ' ? value.data : assert.fail();
  }

  /** A CA with three certificates, two keys and its root. */
  async function install(exportable = true): Promise<void> {
    await (await station.stores(true)).open('Root').add(root.certificate.raw);
    await station.install(expired, { machine: true, exportable });
    const keyProvInfo = await station.install(renewed, { machine: true, exportable });
    await (await station.stores(true)).open('My').add(newest.certificate.raw, { keyProvInfo });
    await setHashes(expired, renewed, newest);
  }

  test('every key of the CA is in one file with the chain, and comes back under its name', async () => {
    await install();
    const { exit, lines } = await run(['-backupkey', 'backup'], ['Flowerpot-3', 'Flowerpot-3']);
    assert.equal(exit, 0);
    const file = join('backup', 'Contoso CA.p12');
    assert.deepEqual(lines, [
      'Enter new password:',
      'Confirm new password:',
      `Backed up keys and certificates for ca01.contoso.com\\Contoso CA to ${file}.`,
      'CertUtil: -backupKey command completed successfully.',
    ]);
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'backup')).mode & 0o777, 0o700);
    const contents = await openPfx(readFileSync(join(folder, file)), 'Flowerpot-3', nodeEngine);
    assert.equal(contents.keys.length, 2);
    assert.equal(contents.certificates.length, 4);

    // Another machine, with nothing of it.
    station.remove();
    station = new KeyStation();
    const restored = await run(['-p', 'Flowerpot-3', '-restorekey', 'backup']);
    assert.deepEqual(restored.lines, [
      'Certificate "Contoso CA V0.0" has expired and is not restored.',
      `CACertHash: "-" in place of the expired certificate ${await hashOf(expired)}.`,
      `Restored keys and certificates for ca01.contoso.com\\Contoso CA from ${file}.`,
      'CertUtil: -restoreKey command completed successfully.',
      'The CertSvc service may need to be restarted for changes to take effect.',
    ]);
    assert.deepEqual(await hashes(), ['-', await hashOf(renewed), await hashOf(newest)]);
    const stores = await station.stores(true);
    const my = await stores.open('My').list();
    assert.deepEqual(
      my.map(({ thumbprint }) => thumbprint).sort(),
      [await hashOf(renewed), await hashOf(newest)].sort(),
    );
    for (const { properties } of my) {
      assert.equal(properties.keyProvInfo!.provider, KSP);
      // The CA's certificates here tell no number of their key: its place in the file stands for it.
      assert.match(properties.keyProvInfo!.container, /^Contoso CA(?:\(1\))?$/);
    }
    assert.deepEqual(
      (await stores.open('Root').list()).map(({ certificate }) => certificate.raw),
      [root.certificate.raw],
    );
    const key = await (await station.providers(true)).byName(KSP).openKey(my[0]!.properties.keyProvInfo!.container);
    assert.equal(key.exportable, true);
    key.close();
  });

  test('what is in the provider already is replaced with -f alone', async () => {
    await install();
    await run(['-p', 'pw', '-backupkey', '.']);
    assert.equal((await run(['-p', 'pw', '-restorekey', 'Contoso CA.p12'])).exit, 0);
    await fails('NTE_EXISTS', ['-p', 'pw', '-restorekey', 'Contoso CA.p12']);
    assert.equal((await run(['-p', 'pw', '-f', '-restorekey', 'Contoso CA.p12'])).exit, 0);
    assert.equal((await run(['-p', 'pw', '-f', '-backupkey', '.'])).exit, 0);
    await fails('ERROR_FILE_EXISTS', ['-p', 'pw', '-backupkey', '.']);
  });

  test('a key that may not leave, or is not there, keeps the file from being written', async () => {
    await install(false);
    await fails('NTE_BAD_KEY_STATE', ['-p', 'pw', '-backupkey', 'backup']);
    await setHashes(user);
    await fails('CRYPT_E_NOT_FOUND', ['-p', 'pw', '-backupkey', 'backup']);
    await setHashes(renewed);
    await fails('ERROR_INVALID_PARAMETER', ['-p', 'x'.repeat(33), '-backupkey', 'backup']);
  });

  test('what is no backup of this CA is told from one', async () => {
    await install();
    await run(['-p', 'pw', '-backupkey', 'backup']);
    const write = async (name: string, keys: Holder[], certificates = keys) => {
      const contents = {
        keys: keys.map(({ pkcs8 }) => ({ pkcs8, attributes: [] })),
        certificates: certificates.map(({ certificate }) => ({ certificate: certificate.raw, attributes: [] })),
      };
      writeFileSync(join(folder, name), await sealPfx(contents, 'pw', { algorithm: 'TripleDES_SHA1' }, nodeEngine));
    };
    await write('user.p12', [user]);
    await write('both.p12', [renewed, user]);
    await write('expired.p12', [expired]);
    await write('root.p12', [root]);
    await write('keyless.p12', [], [renewed]);
    await write('bare.p12', [renewed], []);
    const restore = (file: string) => ['-p', 'pw', '-restorekey', file];
    for (const file of ['user.p12', 'both.p12', 'root.p12', 'keyless.p12', 'bare.p12'])
      await fails('ERROR_INVALID_DATA', restore(file));
    await fails('CERT_E_EXPIRED', restore('expired.p12'));
    await fails('ERROR_INVALID_PASSWORD', ['-p', 'wrong', '-restorekey', 'backup']);
    await fails('ERROR_DIRECTORY', restore('.'));
    await fails('ERROR_FILE_NOT_FOUND', restore('nowhere'));
  });

  test('without a CA the keys wait for its installation; the file tells the provider', async () => {
    const none = { ...ca, configuration: async () => Promise.reject(hresult('ERROR_FILE_NOT_FOUND')) };
    await station.install(renewed, { machine: true, provider: STRONG, keySpec: 2 });
    await setHashes(renewed);
    await run(['-p', 'pw', '-backupkey', '.']);
    station.remove();
    station = new KeyStation();
    const { lines } = await run(['-p', 'pw', '-restorekey', 'Contoso CA.p12'], [], none);
    assert.match(lines[0]!, /^Restored keys and certificates for ca01\.contoso\.com\\Contoso CA from/);
    const [entry] = await (await station.stores(true)).open('My').list();
    const { provider, keySpec, container } = entry!.properties.keyProvInfo!;
    assert.deepEqual([provider, keySpec, container], [STRONG, 2, 'Contoso CA']);
  });
});
