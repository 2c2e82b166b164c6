/** A key of a token (soft-token.ts) given from one machine to another, as documents of HSM makers have it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { CKA, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKM, type Cryptoki } from '#providers/pkcs11/cryptoki';
import { changeOwner, ownedObjects } from '#providers/pkcs11/key-owner';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import { writeTools } from '../support/program.ts';
import { softToken, TOKEN } from '../support/soft-token.ts';

const [OLD, NEW] = ['S-1-5-21-1-1-1', 'S-1-5-21-2-2-2'];
const soft = softToken();
const modules = new Pkcs11Modules(nodeEngine, () => assert.fail('Nobody asks.'), join(soft.directory, 'locks'));
const settings = { name: 'P', module: soft.module, token: TOKEN, pin: { file: soft.pinFile }, sessions: 1 };
const token = modules.token(settings);
after(async () => {
  await modules.close();
  soft.remove();
});

const KEY = {
  algorithm: { type: 'ec', curve: 'P-256' },
  keySpec: 0,
  policy: { exportable: false, archivable: false },
} as const;

function of(owner: string) {
  return modules.provider(settings, true, owner);
}

function change(container: string) {
  const verify = async () => {
    const key = await of(NEW!).openKey(container);
    await key.sign({ name: 'ecdsa', digest: 'sha256' }, new Uint8Array(1));
  };
  return changeOwner(token, { container, from: OLD!, to: NEW! }, verify);
}

describe('a key that is given to another owner', () => {
  it('is renamed whole, signs, and is given once', async () => {
    const { uniqueName } = await of(OLD!).createKey({ ...KEY, container: 'CA' });
    assert.deepEqual(
      (await change('CA')).map(({ type }) => type),
      ['PublicKey', 'PrivateKey'],
    );
    assert.deepEqual(await of(OLD!).listContainers(), []);
    assert.equal((await of(NEW!).openKey('CA')).uniqueName, uniqueName);
    assert.deepEqual(await change('CA'), []);
  });

  it('is taken up where it was interrupted between its two objects', async () => {
    await of(OLD!).createKey({ ...KEY, container: 'half' });
    const half = (await ownedObjects(token)).filter(({ container }) => container === 'half');
    await token.operate('renameObject', half.find(({ type }) => type === 'PublicKey')!, `${NEW}/half`);
    assert.deepEqual(
      (await change('half')).map(({ type }) => type),
      ['PrivateKey'],
    );
    assert.ok((await of(NEW!).listContainers()).includes('half'));
  });

  it('never takes the name of one that is there, nor comes from nowhere', async () => {
    await of(OLD!).createKey({ ...KEY, container: 'both' });
    const { uniqueName } = await of(NEW!).createKey({ ...KEY, container: 'both' });
    await assert.rejects(change('both'), { symbol: 'NTE_EXISTS' });
    assert.equal((await of(NEW!).openKey('both')).uniqueName, uniqueName);
    await assert.rejects(change('nowhere'), { symbol: 'NTE_BAD_KEYSET' });
  });

  it('stays where it may not be changed', async () => {
    const cryptoki: Cryptoki = new (createRequire(import.meta.url)('pkcs11js').PKCS11)();
    cryptoki.load(soft.module);
    const slot = cryptoki.C_GetSlotList(true).find((each) => cryptoki.C_GetTokenInfo(each).label.trim() === TOKEN)!;
    // Logged in as this process is.
    const session = cryptoki.C_OpenSession(slot, CKF_RW_SESSION | CKF_SERIAL_SESSION);
    const both = [
      { type: CKA.TOKEN, value: true },
      { type: CKA.MODIFIABLE, value: false },
      { type: CKA.LABEL, value: `${OLD}/fixed` },
      { type: CKA.ID, value: Buffer.from('0a0b', 'hex') },
    ];
    const length = [
      { type: CKA.MODULUS_BITS, value: 1024 },
      { type: CKA.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
    ];
    const mechanism = { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN };
    cryptoki.C_GenerateKeyPair(session, mechanism, [...both, ...length], [...both, { type: CKA.SIGN, value: true }]);
    await assert.rejects(change('fixed'), (error) => isHresult(error, 'NTE_PERM') && /0x1b/.test(error.message));
    assert.ok((await of(OLD!).listContainers()).includes('fixed'));
  });
});

describe('certhaven ksputil', () => {
  const run = (home: string, command: string) => {
    const env = {
      ...process.env,
      PATH: `${join(soft.directory, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      CERTHAVEN_HOME: join(soft.directory, home),
      CERTHAVEN_MACHINE: `${home}.contoso.com`,
      CERTHAVEN_USER: '',
    };
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { env, encoding: 'utf8', input: '' });
    assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
    return stdout;
  };
  before(async () => {
    mkdirSync(join(soft.directory, 'bin'));
    await writeTools(join(soft.directory, 'bin'));
  });

  it("takes a CA's key from one machine to another over their one token", () => {
    const add = `certhaven provider add HSM --module ${soft.module} --token ${TOKEN} --pin-file ${soft.pinFile}`;
    for (const home of ['old', 'new']) run(home, add);
    run('old', 'certhaven install-ca --name "CN=myDemoCA" --domain contoso.com --key RSA:2048 --provider HSM');
    const listed = run('old', 'certhaven ksputil enumkeys');
    const [, heading, from] = /\n(-+)\nOwner: (S-1-5-21-[0-9-]+) \(Machine\)\n/.exec(listed)!;
    assert.equal(heading!.length, `Owner: ${from} (Machine)`.length);
    assert.ok(
      listed.includes(
        '\n+ Key name:                     myDemoCA\n  Algorithm, size, type:        RSA, 2048 bit, PrivateKey\n',
      ),
    );
    assert.match(run('new', 'certhaven ksputil createtestkey -m'), /Certhaven_CNGTestKey made/);
    assert.match(run('new', 'certhaven ksputil createtestkey -m'), /Certhaven_CNGTestKey is there/);
    const all = run('new', 'certhaven ksputil enumkeys -a');
    const [, to] = /Owner: (S-1-5-21-[0-9-]+) \(Machine\)/.exec(all)!;
    assert.ok(all.includes(`Owner: ${from}\n`) && to !== from);
    assert.match(
      run('new', `certhaven ksputil chkeysowner myDemoCA ${from} ${to} -v`),
      /PublicKey .* renamed\.\nPrivateKey .* renamed\.\nmyDemoCA is owned by .* now\.\nSignature test passed\n/,
    );
    assert.match(run('new', 'certutil -csp HSM -key'), /^ {2}myDemoCA$/m);
    assert.match(run('new', `certhaven ksputil chkeysowner myDemoCA ${from} ${to}`), /already/);
    assert.doesNotMatch(run('old', 'certutil -csp HSM -key'), /myDemoCA$/m);
  });
});
