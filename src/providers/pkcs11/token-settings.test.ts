import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { readTokenSettings, type TokenSettings, writeTokenSettings } from './token-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-settings-'));
const path = join(folder, 'providers.json');
after(() => rmSync(folder, { recursive: true }));

const GOOD: TokenSettings = { name: 'HSM', module: '/m.so', token: 'ca', pin: { file: '/pin' }, sessions: 4 };

describe('providers.json', () => {
  it('is none where nobody wrote it, and comes back as it was written, for its owner alone', async () => {
    assert.deepEqual(await readTokenSettings(path), []);
    const all = [GOOD, { ...GOOD, name: 'Other', timeout: 5, owner: '', pin: { prompt: true } }] as const;
    await writeTokenSettings(path, all);
    assert.deepEqual(await readTokenSettings(path), all);
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(readFileSync(path, 'utf8').endsWith('\n'));
  });

  it('takes 4 sessions where it names none', async () => {
    const { sessions: _, ...rest } = GOOD;
    writeFileSync(path, JSON.stringify({ pkcs11: [rest] }));
    assert.deepEqual(await readTokenSettings(path), [GOOD]);
  });

  const wrong: Readonly<Record<string, unknown>> = {
    'no object': [],
    'no list': {},
    'an entry that is none': { pkcs11: [1] },
    'no name': { pkcs11: [{ ...GOOD, name: undefined }] },
    'a name with a line end': { pkcs11: [{ ...GOOD, name: 'a\nb' }] },
    'a name of Windows': { pkcs11: [{ ...GOOD, name: 'ksp' }] },
    'a name twice': { pkcs11: [GOOD, { ...GOOD, name: 'hsm' }] },
    'a relative module': { pkcs11: [{ ...GOOD, module: 'm.so' }] },
    'a label that is too long': { pkcs11: [{ ...GOOD, token: 'x'.repeat(33) }] },
    'a PIN': { pkcs11: [{ ...GOOD, pin: '1234' }] },
    'a PIN that is called one': { pkcs11: [{ ...GOOD, pin: { pin: '1234' } }] },
    'two places of the PIN': { pkcs11: [{ ...GOOD, pin: { file: '/pin', prompt: true } }] },
    'a relative PIN file': { pkcs11: [{ ...GOOD, pin: { file: 'pin' } }] },
    'no sessions': { pkcs11: [{ ...GOOD, sessions: 0 }] },
    'half a session': { pkcs11: [{ ...GOOD, sessions: 1.5 }] },
    'no time': { pkcs11: [{ ...GOOD, timeout: 0 }] },
    'more than an hour': { pkcs11: [{ ...GOOD, timeout: 3601 }] },
    'a time in words': { pkcs11: [{ ...GOOD, timeout: '60' }] },
    'an owner that is none': { pkcs11: [{ ...GOOD, owner: 5 }] },
  };
  for (const [what, content] of Object.entries(wrong)) {
    it(`is refused with ${what}`, async () => {
      writeFileSync(path, JSON.stringify(content));
      await assert.rejects(readTokenSettings(path), (error) => {
        assert.ok(isHresult(error, 'ERROR_INVALID_DATA') && error.hint !== undefined, String(error));
        // Whatever was taken for a PIN is not repeated.
        return !error.message.includes('1234');
      });
    });
  }
});
