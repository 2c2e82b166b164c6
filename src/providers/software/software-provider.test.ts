/** Key files and what protects them, beside the contract of all providers. Over 400 lines because all of it opens key sets in the same way. */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { linesBeforeKill } from '#files/killed-writer.suite';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { DerReader } from '#pki/asn1/der-reader';
import { constructed, encodeDer, octetString, oid, sequence, setOf } from '#pki/asn1/der-writer';
import { contextConstructed } from '#pki/asn1/tag';
import type { KeyPasswords, KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { decodePrivateKeyInfo, encodePrivateKeyInfo } from '#pki/crypto/private-key-info';
import { openUnderPassword, sealUnderPassword } from '#pki/pkcs12/encrypted-private-key';
import { MS_ENHANCED_PROV, MS_KEY_STORAGE_PROVIDER, MS_STRONG_PROV } from '../names.ts';
import { describeProvider } from '../provider.suite.ts';
import { decodeKeyFile, openKeyFile } from './key-file.ts';
import { openSoftwareProviders } from './open-software-providers.ts';

const GUID = '6e4d3030-8aae-40f0-9282-d69ccdd4ff34';
const root = mkdtempSync(join(tmpdir(), 'certhaven-keys-'));
after(() => rmSync(root, { recursive: true, force: true }));

function open(directory: string): Promise<KeyProviders> {
  return openSoftwareProviders({ directory, machineKeyset: true, machineGuid: GUID, engine: nodeEngine });
}

function fails(symbol: HresultSymbol, pattern = /./): (error: unknown) => boolean {
  return (error) => (isHresult(error, symbol) && pattern.test(error.message)) || assert.fail(String(error));
}

describeProvider({
  name: 'software providers',
  engine: nodeEngine,
  open: () => open(join(root, 'suite')),
  close: async () => {},
  ksp: 'KSP',
  csp: MS_STRONG_PROV,
});

const KEY = {
  container: 'Contoso CA',
  algorithm: { type: 'ec', curve: 'P-256' },
  keySpec: 0,
  policy: { exportable: true, archivable: false },
} as const;
/** Of `Contoso CA` under a KSP. */
let made = 0;
async function keySetWithKey(): Promise<{ directory: string; file: string; providers: KeyProviders }> {
  const directory = join(root, `set${made++}`);
  const providers = await open(directory);
  const key = await providers.byName('KSP').createKey(KEY);
  key.close();
  return { directory, file: join(directory, key.uniqueName), providers };
}

describe('software key files', () => {
  it('come with the first key, and with them the GUID their names end in: to ask makes nothing', async () => {
    const directory = join(root, 'unmade');
    let asked = 0;
    const machineGuid = async () => {
      asked++;
      return GUID;
    };
    const providers = await openSoftwareProviders({ directory, machineKeyset: true, machineGuid, engine: nodeEngine });
    const ksp = providers.byName('KSP');
    assert.deepEqual(await ksp.listContainers(), []);
    await assert.rejects(ksp.openKey(KEY.container), fails('NTE_BAD_KEYSET'));
    await assert.rejects(ksp.deleteKey(KEY.container), fails('NTE_BAD_KEYSET'));
    assert.equal(existsSync(directory), false);
    assert.equal(asked, 0);
    const key = await ksp.createKey(KEY);
    assert.ok(key.uniqueName.endsWith(GUID));
    key.close();
    (await ksp.openKey(KEY.container)).close();
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.equal(asked, 1);
  });

  it('are readable by their owner only, in a directory of the owner only', async () => {
    const { directory, file } = await keySetWithKey();
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    for (const name of readdirSync(directory)) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(directory).length, 2);
    assert.ok(file.endsWith(`_${GUID}`));
  });

  it('hold the private key under encryption', async () => {
    const { file, providers } = await keySetWithKey();
    const pkcs8 = await (await providers.byName('KSP').openKey('contoso ca')).exportPkcs8();
    const bytes = readFileSync(file);
    assert.ok(bytes.includes('Contoso CA'));
    // The last 16 bytes of PrivateKeyInfo are of the public point; the private number stands at 36.
    assert.ok(!bytes.includes(Buffer.from(pkcs8.subarray(36, 52))));
  });

  it('of the machine say so', async () => {
    const { providers } = await keySetWithKey();
    assert.equal((await providers.byName('KSP').openKey('Contoso CA')).machineKeyset, true);
  });

  it('changed in any byte are refused with NTE_BAD_DATA or not found, and never give another key', async () => {
    const { file, providers } = await keySetWithKey();
    const whole = readFileSync(file);
    const ksp = providers.byName('KSP');
    const allowed: readonly HresultSymbol[] = ['NTE_BAD_DATA', 'NTE_BAD_KEYSET', 'ERROR_INVALID_DATA'];
    const mutation = fc.oneof(
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes[at]! ^ change;
        return bytes;
      }),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((tail) => Buffer.concat([whole, tail])),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async (bytes) => {
        writeFileSync(file, bytes);
        const error = await ksp.openKey('Contoso CA').then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof HresultError && allowed.includes(error.symbol), String(error));
        await ksp.listContainers();
      }),
      { seed: 7, numRuns: 400 },
    );
    writeFileSync(file, whole);
    assert.ok(await ksp.openKey('Contoso CA'));
  });

  it('moved over one another are refused', async () => {
    const { directory, file, providers } = await keySetWithKey();
    const ksp = providers.byName('KSP');
    const other = await ksp.createKey({ ...KEY, container: 'other' });
    renameSync(join(directory, other.uniqueName), file);
    await assert.rejects(ksp.openKey('Contoso CA'), fails('NTE_BAD_DATA', /container other/));
  });

  it('of another key set are refused', async () => {
    const here = await keySetWithKey();
    const there = await keySetWithKey();
    writeFileSync(here.file, readFileSync(there.file));
    await assert.rejects(here.providers.byName('KSP').openKey('Contoso CA'), fails('NTE_BAD_DATA', /another key set/));
  });

  it('without their protect.key are not given a new one', async () => {
    const { directory } = await keySetWithKey();
    const path = join(directory, 'protect.key');
    const key = readFileSync(path);
    unlinkSync(path);
    await assert.rejects(open(directory), fails('NTE_BAD_KEYSET', /missing/));
    writeFileSync(path, key.subarray(1), { mode: 0o600 });
    await assert.rejects(open(directory), fails('NTE_BAD_KEYSET', /31 bytes/));
    writeFileSync(path, key);
    assert.ok(await (await open(directory)).byName('KSP').openKey('Contoso CA'));
  });

  it('left damaged do not hide the others', async () => {
    const { directory, file, providers } = await keySetWithKey();
    await providers.byName('KSP').createKey({ ...KEY, container: 'other' });
    writeFileSync(file, 'not a key');
    writeFileSync(join(directory, '.aside-unfinished'), 'half');
    assert.deepEqual(await providers.byName('KSP').listContainers(), ['other']);
  });

  it('left damaged are put aside for a key that is to overwrite them, and else for none', async () => {
    const { file, providers } = await keySetWithKey();
    const ksp = providers.byName('KSP');
    const pkcs8 = await nodeEngine.generateKey(KEY.algorithm);
    writeFileSync(file, 'not a key');
    await assert.rejects(ksp.importKey(pkcs8, KEY), fails('NTE_BAD_DATA'));
    await assert.rejects(ksp.createKey(KEY), fails('NTE_BAD_DATA'));
    (await ksp.importKey(pkcs8, { ...KEY, overwrite: true })).close();
    assert.ok(await ksp.openKey(KEY.container));
    assert.equal(readFileSync(`${file}.damaged`, 'utf8'), 'not a key');
    writeFileSync(file, 'nor this');
    await assert.rejects(ksp.importKey(new Uint8Array(5), { ...KEY, overwrite: true }), fails('NTE_BAD_KEY'));
    assert.equal(readFileSync(file, 'utf8'), 'nor this');
    (await ksp.importKey(pkcs8, { ...KEY, overwrite: true })).close();
    assert.deepEqual(
      ['', '-2'].map((number) => readFileSync(`${file}.damaged${number}`, 'utf8')),
      ['not a key', 'nor this'],
    );
    (await ksp.importKey(pkcs8, { ...KEY, overwrite: true })).close();
    assert.ok(!existsSync(`${file}.damaged-3`));
  });

  it('of one provider stay when another is asked to take their name', async () => {
    const { providers } = await keySetWithKey();
    const key = { ...KEY, algorithm: { type: 'rsa', modulusLength: 512 }, keySpec: 1 } as const;
    const strong = providers.byName(MS_STRONG_PROV);
    await strong.createKey(key);
    const pkcs8 = await (await strong.openKey(KEY.container)).exportPkcs8();
    const enhanced = providers.byName(MS_ENHANCED_PROV);
    await assert.rejects(enhanced.openKey(KEY.container), fails('NTE_BAD_KEYSET'));
    await assert.rejects(enhanced.deleteKey(KEY.container), fails('NTE_BAD_KEYSET'));
    await assert.rejects(enhanced.createKey({ ...key, keySpec: 2 }), fails('NTE_EXISTS', /belongs to .*Strong/));
    const overwriting = { ...key, overwrite: true };
    await assert.rejects(enhanced.importKey(pkcs8, overwriting), fails('NTE_EXISTS'));
    assert.ok(await strong.openKey(KEY.container, 1));
  });

  it('are made by one of many who ask at once', async () => {
    const directory = join(root, 'race');
    const sets = await Promise.all(Array.from({ length: 6 }, () => open(directory)));
    const results = await Promise.allSettled(
      sets.map((providers) => providers.byName(MS_KEY_STORAGE_PROVIDER).createKey(KEY)),
    );
    const winners = results.filter((result) => result.status === 'fulfilled');
    assert.equal(winners.length, 1);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(isHresult(result.reason, 'NTE_EXISTS'), String(result.reason));
    }
    const opened = await sets[0]!.byName('KSP').openKey('Contoso CA');
    assert.deepEqual(opened.publicKey, winners[0]!.value.publicKey);
    assert.deepEqual(readdirSync(directory).length, 2);
  });

  it('that were made are there after kill -9, and all that are there open', async () => {
    const directory = join(root, 'killed');
    const program = `
      import { nodeEngine } from '#pki/crypto/node/engine';
      import { openSoftwareProviders } from '#providers/software/open-software-providers';
      const [directory, machineGuid] = process.argv.slice(1);
      const options = { directory, machineGuid, machineKeyset: true, engine: nodeEngine };
      const ksp = (await openSoftwareProviders(options)).byName('KSP');
      const first = (await ksp.listContainers()).length;
      for (let n = first; ; n++) {
        const key = { container: 'key ' + n, keySpec: 0, policy: { exportable: true, archivable: false } };
        const made = await ksp.createKey({ ...key, algorithm: { type: 'ec', curve: 'P-256' } });
        await ksp.importKey(await made.exportPkcs8(), { ...key, container: 'replaced', overwrite: true });
        console.log('key ' + n);
      }`;
    const made: string[] = [];
    for (const lines of [1, 7, 20]) made.push(...(await linesBeforeKill(program, [directory, GUID], lines)));
    const ksp = (await open(directory)).byName('KSP');
    const listed = await ksp.listContainers();
    for (const container of [...made, 'replaced']) assert.ok(listed.includes(container), container);
    for (const container of listed) (await ksp.openKey(container)).close();
  });

  it('are served under software names only', async () => {
    const providers = await open(join(root, 'names'));
    assert.throws(() => providers.byName('TPM'), fails('NTE_DEVICE_NOT_READY', /TPM/));
    assert.ok(providers.all.every(({ name }) => !/Smart Card|Platform|Passport/.test(name)));
    const dss = providers.byName('Microsoft Base DSS Cryptographic Provider');
    await assert.rejects(dss.createKey({ ...KEY, keySpec: 2 }), fails('NTE_BAD_ALGID'));
  });

  it('too long to be read again are not written', async () => {
    const ksp = (await open(join(root, 'long'))).byName('KSP');
    const pkcs8 = await nodeEngine.generateKey(KEY.algorithm);
    const attribute = sequence(oid('1.2.3'), setOf([octetString(new Uint8Array(300_000))]));
    const attributes = encodeDer(constructed(contextConstructed(0), [attribute]));
    const long = encodePrivateKeyInfo({ ...decodePrivateKeyInfo(pkcs8), attributes });
    await assert.rejects(ksp.importKey(long, KEY), fails('NTE_BAD_LEN'));
    assert.deepEqual(await ksp.listContainers(), []);
  });

  it('of lengths OpenSSL makes no keys of fail with a code', async () => {
    const strong = (await open(join(root, 'short'))).byName(MS_STRONG_PROV);
    const algorithm = { type: 'rsa', modulusLength: 384 } as const;
    await assert.rejects(strong.createKey({ ...KEY, algorithm, keySpec: 1 }), (error) => error instanceof HresultError);
  });
});

/** Answers these, one after the other; fails the test where it is asked once more. */
function answers(...given: string[]): KeyPasswords {
  const next = async () => given.shift() ?? assert.fail('asked once too often');
  return { existing: next, chosen: next };
}

describe('keys of strong protection', () => {
  const RSA = { type: 'rsa', modulusLength: 1024 } as const;
  const SCHEME = { name: 'rsa-pkcs1', digest: 'sha256' } as const;
  const DATA = new Uint8Array(20);
  const directory = join(root, 'protected');
  const asking = async (passwords?: KeyPasswords): Promise<KeyStorageProvider> => {
    const set = { directory, machineKeyset: false, machineGuid: GUID, engine: nodeEngine, passwords };
    return (await openSoftwareProviders(set)).byName('KSP');
  };
  const make = async (container: string, protection: 'once' | 'each use') => {
    const policy = { exportable: true, archivable: false, protection };
    const provider = await asking(answers('correct horse'));
    return provider.createKey({ container, algorithm: RSA, keySpec: 0, policy });
  };

  it('are used by whoever just made them, and then by whoever knows the password', async () => {
    const made = await make('once', 'once');
    await made.sign(SCHEME, DATA);
    const asked = await (await asking(answers('correct horse'))).openKey('once');
    assert.deepEqual(asked.publicKey, made.publicKey);
    assert.deepEqual(await asked.sign(SCHEME, DATA), await made.sign(SCHEME, DATA));
    assert.deepEqual(await asked.exportPkcs8(), await made.exportPkcs8());
    asked.close();
    await assert.rejects(asked.sign(SCHEME, DATA), fails('NTE_INVALID_HANDLE'));
  });

  it('ask again after a wrong password, and before each use where that is wished for', async () => {
    (await make('each', 'each use')).close();
    const each = await (await asking(answers('wrong', 'correct horse', 'Correct horse'))).openKey('each');
    await assert.rejects(each.sign(SCHEME, DATA), fails('NTE_INCORRECT_PASSWORD'));
    await each.sign(SCHEME, DATA);
    await assert.rejects(each.sign(SCHEME, DATA), fails('NTE_INCORRECT_PASSWORD'));
    (await make('once again', 'once')).close();
    const once = await (await asking(answers('wrong', 'correct horse'))).openKey('once again');
    await assert.rejects(once.sign(SCHEME, DATA), fails('NTE_INCORRECT_PASSWORD'));
    await once.sign(SCHEME, DATA);
    await once.sign(SCHEME, DATA);
  });

  it('are neither made nor used where nobody can be asked, and say so', async () => {
    (await make('silent', 'once')).close();
    const silent = await asking();
    const key = await silent.openKey('silent');
    await assert.rejects(key.sign(SCHEME, DATA), fails('NTE_SILENT_CONTEXT'));
    await assert.rejects(key.exportPkcs8(), fails('NTE_SILENT_CONTEXT'));
    assert.equal((await silent.listKeys()).find(({ container }) => container === 'silent')?.protection, 'once');
    const policy = { exportable: true, archivable: false, protection: 'once' } as const;
    const unmade = { container: 'unmade', algorithm: RSA, keySpec: 0, policy } as const;
    await assert.rejects(silent.createKey(unmade), fails('NTE_SILENT_CONTEXT'));
    await assert.rejects((await asking(answers(''))).createKey(unmade), fails('NTE_BAD_LEN'));
    assert.ok(!(await silent.listContainers()).includes('unmade'));
  });

  it('lie in no file that the password does not open', async () => {
    const made = await make('at rest', 'once');
    const pkcs8 = await made.exportPkcs8();
    const file = readFileSync(join(directory, made.uniqueName));
    const protectKey = createSecretKey(readFileSync(join(directory, 'protect.key')));
    const sealed = openKeyFile(decodeKeyFile(file, 'at rest'), protectKey, 'at rest');
    assert.throws(() => decodePrivateKeyInfo(sealed));
    assert.deepEqual(await openUnderPassword(sealed, 'correct horse', nodeEngine), pkcs8);
  });
});

describe('keys that leave encrypted only', () => {
  const policy = { exportable: false, archivable: false, encryptedExport: true };

  it('leave under a password, and never in clear', async () => {
    const providers = await open(join(root, 'encrypted export'));
    const made = await providers.byName('KSP').createKey({ ...KEY, policy });
    await assert.rejects(made.exportPkcs8(), fails('NTE_NOT_SUPPORTED', /plain text/));
    const opened = await providers.byName('KSP').openKey(KEY.container);
    assert.deepEqual([opened.exportable, opened.encryptedExport], [false, true]);
    let given: Uint8Array | undefined;
    const sealed = await opened.exportEncrypted!(async (pkcs8) => {
      given = pkcs8;
      return sealUnderPassword(pkcs8, 'pw', 10, nodeEngine);
    });
    assert.ok(given!.every((octet) => octet === 0));
    const back = await nodeEngine.importPrivateKey(await openUnderPassword(sealed, 'pw', nodeEngine));
    assert.deepEqual(back.publicKey, made.publicKey);
  });

  it('are no matter of CSPs', async () => {
    const strong = (await open(join(root, 'encrypted csp'))).byName(MS_STRONG_PROV);
    const key = { container: 'c', algorithm: { type: 'rsa', modulusLength: 1024 }, keySpec: 1, policy } as const;
    await assert.rejects(strong.createKey(key), fails('NTE_BAD_FLAGS'));
  });

  it('are written in the second version of the file, others in the first', async () => {
    const { file } = await keySetWithKey();
    const version = (path: string) => {
      const header = new DerReader(readFileSync(path)).sequence().sequence();
      return header.smallInteger();
    };
    assert.equal(version(file), 1);
    const directory = join(root, 'second version');
    const made = await (await open(directory)).byName('KSP').createKey({ ...KEY, policy });
    assert.equal(version(join(directory, made.uniqueName)), 2);
  });
});

describe('key files of the first version', () => {
  it('open, sign and keep their rules', async () => {
    const directory = join(root, 'first version');
    cpSync(join(import.meta.dirname, '../../../test/vectors/key-files'), directory, { recursive: true });
    const machineGuid = '4be58f30-7127-42f5-9b76-f47187495247';
    const providers = await openSoftwareProviders({ directory, machineKeyset: true, machineGuid, engine: nodeEngine });
    const curve = await providers.byName('KSP').openKey('First version');
    const data = new Uint8Array(10);
    const signature = await curve.sign({ name: 'ecdsa', digest: 'sha256' }, data);
    assert.ok(await nodeEngine.verify({ name: 'ecdsa', digest: 'sha256' }, curve.publicKey, data, signature));
    assert.deepEqual((await nodeEngine.importPrivateKey(await curve.exportPkcs8())).publicKey, curve.publicKey);
    const rsa = await providers.byName(MS_STRONG_PROV).openKey('First version', 2);
    await rsa.sign({ name: 'rsa-pkcs1', digest: 'sha1' }, data);
    await assert.rejects(rsa.exportPkcs8(), fails('NTE_BAD_KEY_STATE'));
    const listed = await Promise.all(providers.all.map((provider) => provider.listKeys()));
    assert.deepEqual(
      listed
        .flat()
        .map(({ encryptedExport, protection, securityDescriptor }) => [
          encryptedExport,
          protection,
          securityDescriptor,
        ]),
      [
        [false, undefined, ''],
        [false, undefined, ''],
      ],
    );
  });

  it('become the second where somebody else may use the key, and the key stays', async () => {
    const { directory, file, providers } = await keySetWithKey();
    const before = (await providers.byName('KSP').openKey(KEY.container)).publicKey;
    await providers.byName('KSP').setSecurityDescriptor!('contoso ca', 'D:(A;;GR;;;WD)');
    const opened = await (await open(directory)).byName('KSP').openKey(KEY.container);
    assert.deepEqual([opened.publicKey, opened.securityDescriptor], [before, 'D:(A;;GR;;;WD)']);
    await opened.sign({ name: 'ecdsa', digest: 'sha256' }, new Uint8Array(1));
    // The descriptor is authenticated with the key, as the rest of the header is.
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('(A;;GR') + 1] = 'D'.charCodeAt(0);
    writeFileSync(file, bytes);
    await assert.rejects((await open(directory)).byName('KSP').openKey(KEY.container), fails('NTE_BAD_DATA'));
    const gone = providers.byName('KSP').setSecurityDescriptor!('nonesuch', 'D:');
    await assert.rejects(gone, fails('NTE_BAD_KEYSET'));
  });
});
