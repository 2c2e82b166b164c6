/** Tokens that are absent, locked away, or shared with other programs (pkcs11-tool). */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { CKF_SERIAL_SESSION, type Cryptoki } from '#providers/pkcs11/cryptoki';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import type { PinSource } from '#providers/pkcs11/pin';
import { initializeToken, PIN, softToken, TOKEN } from '../support/soft-token.ts';

const soft = softToken();
const opened: Pkcs11Modules[] = [];
after(async () => {
  for (const modules of opened) await modules.close();
  soft.remove();
});

const LOCKS = join(soft.directory, 'locks');
const OWNER = 'S-1-5-21-1-2-3';
const DATA = new TextEncoder().encode('to be signed');
const SCHEME = { name: 'rsa-pkcs1', digest: 'sha256' } as const;

function fails(symbol: HresultSymbol, pattern = /./): (error: unknown) => boolean {
  return (error) => (isHresult(error, symbol) && pattern.test(error.message)) || assert.fail(String(error));
}

function provider(
  given: { module?: string; token?: string; pin?: PinSource; owner?: string; sessions?: number } = {},
  ask: () => Promise<string> = () => assert.fail('Nobody asks.'),
) {
  const modules = new Pkcs11Modules(nodeEngine, ask, LOCKS);
  opened.push(modules);
  const settings = { module: soft.module, token: TOKEN, pin: { file: soft.pinFile }, sessions: 4, ...given };
  return modules.provider({ name: 'PKCS#11 ca-token Key Storage Provider', ...settings }, true, OWNER);
}

const RSA = {
  algorithm: { type: 'rsa', modulusLength: 1024 },
  keySpec: 0,
  policy: { exportable: false, archivable: false },
} as const;

function pkcs11Tool(...words: string[]): string {
  const login = ['--module', soft.module, '--token-label', TOKEN, '--login', '--pin', PIN];
  return execFileSync('pkcs11-tool', [...login, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

describe('a token', () => {
  it('signs for many at once, each signature right', async () => {
    const ksp = provider();
    const key = await ksp.createKey({ ...RSA, container: 'many' });
    const messages = Array.from({ length: 60 }, (_, index) => new TextEncoder().encode(`message ${index}`));
    const signatures = await Promise.all(messages.map((message) => key.sign(SCHEME, message)));
    for (const [index, signature] of signatures.entries()) {
      assert.ok(await nodeEngine.verify(SCHEME, key.publicKey, messages[index]!, signature));
    }
  });

  it('shows other programs the owner in the label and SHA-1 of the key as its identifier', async () => {
    const key = await provider().createKey({ ...RSA, container: 'seen' });
    const listed = pkcs11Tool('--list-objects');
    assert.equal(listed.split(`label:      ${OWNER}/seen`).length - 1, 2);
    assert.equal(listed.split(`ID:         ${key.uniqueName}`).length - 1, 2);
    assert.deepEqual(await provider({ owner: 'S-1-5-21-9-9-9' }).listContainers(), []);
    assert.ok((await provider({ owner: '' }).listContainers()).includes(`${OWNER}/seen`));
  });

  it('lends keys that another program made', async () => {
    const made = ['--label', 'by hand', '--id', 'a1b2', '--usage-sign'];
    pkcs11Tool('--keypairgen', '--key-type', 'EC:secp384r1', ...made);
    const key = await provider({ owner: '' }).openKey('By Hand');
    const scheme = { name: 'ecdsa', digest: 'sha384' } as const;
    assert.ok(await nodeEngine.verify(scheme, key.publicKey, DATA, await key.sign(scheme, DATA)));
    assert.equal(key.uniqueName, 'a1b2');
    // It was made without the right to.
    await assert.rejects(key.agree(key.publicKey), fails('NTE_BAD_KEY', /CKR_KEY_FUNCTION_NOT_PERMITTED/));
    pkcs11Tool('--keypairgen', '--key-type', 'rsa:1024', ...made);
    await assert.rejects(provider({ owner: '' }).openKey('by hand'), fails('NTE_KEYSET_ENTRY_BAD', /2 keys/));
  });

  it('passes over keys that are none of ours, and keys whose public half is gone', async () => {
    const ksp = provider({ owner: '' });
    pkcs11Tool('--keypairgen', '--key-type', 'EC:edwards25519', '--label', 'edwards', '--id', 'e0');
    pkcs11Tool('--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'lonely', '--id', 'e1');
    pkcs11Tool('--keypairgen', '--key-type', 'rsa:1024', '--label', 'alone', '--id', 'e2');
    assert.ok((await ksp.listContainers()).includes('lonely'));
    for (const id of ['e1', 'e2']) pkcs11Tool('--delete-object', '--type', 'pubkey', '--id', id);
    const listed = await ksp.listContainers();
    assert.deepEqual(
      ['edwards', 'lonely', 'alone'].map((name) => listed.includes(name)),
      [false, false, true],
    );
    await assert.rejects(ksp.openKey('lonely'), fails('NTE_BAD_KEYSET'));
  });

  it('opens what is sealed to a key by its own padding, where that is all it has', async () => {
    const modules = new Pkcs11Modules(nodeEngine, async () => PIN, LOCKS);
    opened.push(modules);
    const token = modules.token({ module: soft.module, token: TOKEN, pin: { prompt: true }, sessions: 1 });
    const policy = { extractable: false, sensitive: true };
    const { key } = await token.operate('generateKey', 'padding', RSA.algorithm, policy);
    const secret = nodeEngine.random(24);
    for (const transport of [{ name: 'rsa-pkcs1' }, { name: 'rsa-oaep', digest: 'sha1' }] as const) {
      const sealed = await nodeEngine.wrapKey(transport, key.publicKey, secret);
      assert.deepEqual(await token.operate('decrypt', key, transport, sealed), secret);
      sealed[3]! ^= 1;
      assert.notDeepEqual(await token.operate('decrypt', key, transport, sealed), secret);
    }
  });

  it('goes to one of two processes that make a key of one name', async () => {
    const program = `
      import { nodeEngine } from '#pki/crypto/node/engine';
      import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
      const [module, token, file, locks] = process.argv.slice(1);
      const modules = new Pkcs11Modules(nodeEngine, async () => '', locks);
      const settings = { name: 'P', module, token, pin: { file }, sessions: 1 };
      const ksp = modules.provider(settings, true, '${OWNER}');
      await ksp.listContainers();
      process.stdout.write('ready');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      process.stdin.destroy();
      for (let n = 0; n < 5; n++) {
        const key = { container: 'race ' + n, keySpec: 0, policy: { exportable: false, archivable: false } };
        const answer = await ksp
          .createKey({ ...key, algorithm: { type: 'ec', curve: 'P-256' } })
          .then((made) => made.uniqueName, (error) => error.symbol);
        process.stdout.write(n + answer + ' ');
      }
      await modules.close();`;
    const words = ['--input-type=module', '--eval', program, soft.module, TOKEN, soft.pinFile, LOCKS];
    const children = [1, 2].map(() => spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    const outputs = children.map(async (child) => {
      let text = '';
      child.stdout.on('data', (part) => {
        text += part;
      });
      child.stdin.write('go');
      await once(child, 'close');
      return text.trim().split(' ');
    });
    const answers = (await Promise.all(outputs)).flat();
    assert.equal(answers.length, 10);
    const ksp = provider();
    for (let n = 0; n < 5; n++) {
      const made = answers.filter((answer) => answer.startsWith(String(n)) && !answer.endsWith('NTE_EXISTS'));
      assert.equal(made.length, 1, answers.join());
      assert.equal(`${n}${(await ksp.openKey(`race ${n}`)).uniqueName}`, made[0]);
    }
  });
});

describe('a token that is lost', () => {
  it('fails with a code, and is found again by the next operation once it is back', async () => {
    const ksp = provider();
    const key = await ksp.createKey({ ...RSA, container: 'lost' });
    await Promise.all(Array.from({ length: 8 }, () => key.sign(SCHEME, DATA)));
    const away = `${soft.tokens}.away`;
    for (let round = 0; round < 3; round++) {
      renameSync(soft.tokens, away);
      const absent = await Promise.allSettled(Array.from({ length: 8 }, () => key.sign(SCHEME, DATA)));
      for (const result of absent) {
        assert.equal(result.status, 'rejected');
        assert.ok(['NTE_DEVICE_NOT_READY', 'NTE_PROVIDER_DLL_FAIL'].includes(result.reason.symbol), result.reason);
      }
      renameSync(away, soft.tokens);
      const back = await Promise.all(Array.from({ length: 8 }, () => key.sign(SCHEME, DATA)));
      for (const signature of back) assert.ok(await nodeEngine.verify(SCHEME, key.publicKey, DATA, signature));
      assert.ok((await ksp.listContainers()).includes('lost'));
    }
  });

  it('is found again too where nobody asked while it was away, and by who makes a key', async () => {
    const ksp = provider();
    const key = await ksp.createKey({ ...RSA, container: 'away' });
    const away = `${soft.tokens}.away`;
    renameSync(soft.tokens, away);
    renameSync(away, soft.tokens);
    assert.ok(await nodeEngine.verify(SCHEME, key.publicKey, DATA, await key.sign(SCHEME, DATA)));
    renameSync(soft.tokens, away);
    await assert.rejects(ksp.createKey({ ...RSA, container: 'made while away' }));
    renameSync(away, soft.tokens);
    (await ksp.createKey({ ...RSA, container: 'made when back' })).close();
    const listed = await ksp.listContainers();
    assert.ok(listed.includes('made when back') && !listed.includes('made while away'));
  });

  it('is logged in to again where somebody in the process logs out', async () => {
    const ksp = provider();
    const key = await ksp.createKey({ ...RSA, container: 'logged out' });
    const cryptoki: Cryptoki & { C_Logout(session: Buffer): void } = new (createRequire(import.meta.url)(
      'pkcs11js',
    ).PKCS11)();
    cryptoki.load(soft.module);
    const slot = cryptoki.C_GetSlotList(true).find((each) => cryptoki.C_GetTokenInfo(each).label.trim() === TOKEN)!;
    const session = cryptoki.C_OpenSession(slot, CKF_SERIAL_SESSION);
    for (let round = 0; round < 3; round++) {
      cryptoki.C_Logout(session);
      const all = await Promise.all(Array.from({ length: 6 }, () => key.sign(SCHEME, DATA)));
      for (const signature of all) assert.ok(await nodeEngine.verify(SCHEME, key.publicKey, DATA, signature));
      cryptoki.C_Logout(session);
      assert.ok((await ksp.listContainers()).includes('logged out'));
    }
    cryptoki.C_CloseSession(session);
  });

  it('does not come back as another one', async () => {
    const ksp = provider();
    const key = await ksp.createKey({ ...RSA, container: 'gone' });
    await ksp.deleteKey('gone');
    await assert.rejects(key.sign(SCHEME, DATA), fails('NTE_BAD_KEYSET', /gone/));
    await assert.rejects(ksp.openKey('gone'), fails('NTE_BAD_KEYSET'));
  });
});

describe('what keeps a token from use', () => {
  it('is told: no module, no token, no PIN', async () => {
    const missing = provider({ module: join(soft.directory, 'no-module.so') });
    await assert.rejects(missing.listContainers(), fails('NTE_PROV_DLL_NOT_FOUND', /no-module\.so/));
    await assert.rejects(provider({ module: soft.pinFile }).listContainers(), fails('NTE_PROV_DLL_NOT_FOUND'));
    await assert.rejects(provider({ token: 'other' }).listContainers(), fails('NTE_DEVICE_NOT_READY', /label other/));
    const nowhere = provider({ pin: { file: join(soft.directory, 'nowhere') } });
    initializeToken('locked');
    await assert.rejects(
      nowhere.listContainers().then(() => provider().listContainers()),
      fails('ERROR_FILE_NOT_FOUND'),
    );
  });
});

describe('a PIN', () => {
  const ownToken = (label: string) => {
    initializeToken(label);
    return { token: label };
  };

  it('that is wrong is tried once, until it is another', async () => {
    const file = join(soft.directory, 'wrong-pin');
    writeFileSync(file, '000000\n', { mode: 0o600 });
    const ksp = provider({ ...ownToken('pin-wrong'), pin: { file } });
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => ksp.listContainers()));
    for (const answer of answers) {
      assert.equal(answer.status, 'rejected');
      assert.equal(answer.reason.symbol, 'SCARD_W_WRONG_CHV');
    }
    await assert.rejects(ksp.listContainers(), fails('SCARD_W_WRONG_CHV', /refused this PIN before/));
    writeFileSync(file, `${PIN}\r\n`);
    assert.deepEqual(await ksp.listContainers(), []);
  });

  it('lies in a file that its owner alone may read', async () => {
    const file = join(soft.directory, 'open-pin');
    writeFileSync(file, PIN);
    chmodSync(file, 0o640);
    const ksp = provider({ ...ownToken('pin-open'), pin: { file } });
    await assert.rejects(ksp.listContainers(), fails('ERROR_ACCESS_DENIED', /others than its owner/));
    chmodSync(file, 0o600);
    assert.deepEqual(await ksp.listContainers(), []);
  });

  it('comes from the environment', async () => {
    const ksp = provider({ ...ownToken('pin-environment'), pin: { environment: 'TEST_TOKEN_PIN' } });
    await assert.rejects(ksp.listContainers(), fails('ERROR_ENVVAR_NOT_FOUND', /TEST_TOKEN_PIN/));
    process.env['TEST_TOKEN_PIN'] = PIN;
    assert.deepEqual(await ksp.listContainers(), []);
    delete process.env['TEST_TOKEN_PIN'];
  });

  it('is asked for once, and again where it was wrong', async () => {
    const answers = ['000000', PIN];
    const ksp = provider({ ...ownToken('pin-asked'), pin: { prompt: true } }, async () => answers.shift()!);
    await assert.rejects(ksp.listContainers(), fails('SCARD_W_WRONG_CHV'));
    await Promise.all(Array.from({ length: 4 }, () => ksp.listContainers()));
    assert.deepEqual(answers, []);
  });
});
