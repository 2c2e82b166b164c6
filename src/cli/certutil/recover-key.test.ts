import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HRESULTS, type HresultSymbol } from '#hresult/codes';
import { decodeSignedData, encodeSignedData } from '#pki/cms/signed-data';
import { KeyStation } from '#test/support/key-station';
import { type Holder, makeHolder, makeRecoveryBlob, P256 } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-recoverkey-'));
/** A recovery station outside of any domain: nobody is signed in. */
const station = new KeyStation({ hasUser: false });
after(() => {
  rmSync(folder, { recursive: true, force: true });
  station.remove();
});

let ca: Holder;
let user: Holder;
let agent: Holder;
before(async () => {
  ca = await makeHolder({ subject: 'CN=CA', role: 'ca', parameters: P256 });
  user = await makeHolder({ subject: 'CN=user', role: 'user', issuer: ca, parameters: P256 });
  agent = await makeHolder({ subject: 'CN=KRA', role: 'agent', issuer: ca, parameters: P256 });
  await station.install(agent, { machine: true, store: 'KRA', exportable: false });
  await (await station.stores(true)).open('My').add(agent.certificate.raw);
});

async function recover(blob: Uint8Array, ...options: readonly string[]): Promise<{ exit: number; output: string }> {
  writeFileSync(join(folder, 'user.rec'), blob);
  const console = new TranscriptConsole(folder);
  const exit = await station.certutil([...options, '-p', 'x', '-recoverkey', 'user.rec', 'user.pfx'], console);
  return { exit, output: console.output };
}

async function assertRefused(symbol: HresultSymbol, blob: Uint8Array, ...options: readonly string[]): Promise<void> {
  const inventory = await station.inventory();
  const { exit } = await recover(blob, ...options);
  assert.equal(exit, HRESULTS[symbol][0], symbol);
  assert.equal(existsSync(join(folder, 'user.pfx')), false);
  assert.equal(await station.inventory(), inventory);
}

describe('certutil -RecoverKey at a machine without a domain', () => {
  it('opens with a certificate that was renewed with the same key what was sealed to the old one', async () => {
    const old = await makeHolder({ subject: 'CN=KRA', role: 'agent', issuer: ca, parameters: P256, sameKeyAs: agent });
    const blob = await makeRecoveryBlob({ ca, user, agents: [old] });
    const { exit, output } = await recover(blob);
    assert.equal(exit, 0, output);
    rmSync(join(folder, 'user.pfx'));
  });

  it('refuses tampered BLOBs and wrong keys, and writes nothing', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const message = decodeSignedData(blob);
    const signerInfos = message.signerInfos.map((info) => ({ ...info, signature: info.signature.toReversed() }));
    await assertRefused('NTE_BAD_SIGNATURE', encodeSignedData({ ...message, signerInfos }));
    const eContent = message.encapContentInfo.eContent!.toReversed();
    const encapContentInfo = { ...message.encapContentInfo, eContent };
    await assertRefused('CRYPT_E_HASH_VALUE', encodeSignedData({ ...message, encapContentInfo }));
    const wrongKey = await makeRecoveryBlob({ ca, user, agents: [agent], keyBlob: agent.pkcs8 });
    await assertRefused('NTE_BAD_KEY', wrongKey);
    await assertRefused('CRYPT_E_NO_DECRYPT_CERT', await makeRecoveryBlob({ ca, user, agents: [user] }));
    await assertRefused('ERROR_NO_SUCH_DOMAIN', blob, '-user');
    await assertRefused('NTE_KEYSET_NOT_DEF', blob, '-csp', 'No Such Provider');
  });

  it('finds the key in the KRA store of the machine', async () => {
    const { exit, output } = await recover(await makeRecoveryBlob({ ca, user, agents: [agent] }), '--json');
    assert.equal(exit, 0);
    const { result } = JSON.parse(output);
    assert.equal(result.recipient.subject, 'CN=KRA');
    assert.deepEqual([result.isSignerTrusted, result.certificates, result.file], [false, 2, 'user.pfx']);
  });
});
