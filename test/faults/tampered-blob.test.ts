import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeSignedData } from '#pki/cms/signed-data';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { openPfx } from '#pki/pkcs12/open';
import { decodeCertificate } from '#pki/x509/certificate';
import { KeyStation } from '#test/support/key-station';
import { type Holder, makeHolder, makeRecoveryBlob } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-tampered-'));
const station = new KeyStation();
after(() => {
  rmSync(folder, { recursive: true, force: true });
  station.remove();
});

let ca: Holder;
let user: Holder;
let agent: Holder;
let blob: Uint8Array;

before(async () => {
  ca = await makeHolder({ subject: 'CN=Contoso CA, O=Contoso', role: 'ca' });
  user = await makeHolder({ subject: 'CN=user1', role: 'user', issuer: ca });
  agent = await makeHolder({ subject: 'CN=KRA 1', role: 'agent', issuer: ca });
  await station.install(agent, { machine: false });
  blob = await makeRecoveryBlob({ ca, user, agents: [agent] });
});

/** `certutil -recoverkey` as the agent runs it: what it printed, and the PFX it left. */
async function recover(bytes: Uint8Array): Promise<{ status: number; output: string; pfx: Uint8Array | undefined }> {
  writeFileSync(join(folder, 'blob.rec'), bytes);
  const console = new TranscriptConsole(folder);
  const status = await station.certutil(['-p', 'pw', '-recoverkey', '-user', 'blob.rec', 'key.pfx'], console);
  const left = readdirSync(folder).filter((name) => name !== 'blob.rec');
  const pfx = left.includes('key.pfx') ? new Uint8Array(readFileSync(join(folder, 'key.pfx'))) : undefined;
  // No half-written file under another name either.
  assert.deepEqual(left, pfx ? ['key.pfx'] : []);
  rmSync(join(folder, 'key.pfx'), { force: true });
  return { status, output: console.output + console.errors, pfx };
}

async function assertRefused(bytes: Uint8Array, code: string): Promise<void> {
  const { status, output, pfx } = await recover(bytes);
  assert.equal(pfx, undefined);
  assert.notEqual(status, 0);
  assert.ok(output.includes(code), output);
  assert.match(output, /^hint: /m);
}

async function assertRightKey(pfx: Uint8Array): Promise<void> {
  const { keys } = await openPfx(pfx, 'pw', engine);
  const { publicKey } = await engine.importPrivateKey(keys[0]!.pkcs8);
  assert.deepEqual(publicKey, user.key.publicKey);
}

/** With a bit turned in the middle of `part`, which stands in it once. */
function turned(bytes: Uint8Array, part: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(part);
  assert.ok(at >= 0);
  const middle = at + (part.length >> 1);
  return bytes.with(middle, bytes[middle]! ^ 1);
}

test('untouched it recovers', async () => {
  const { status, output, pfx } = await recover(blob);
  assert.equal(status, 0, output);
  await assertRightKey(pfx!);
});

test('changed after it was signed: each part has its code, and no PFX is left', async () => {
  const { encapContentInfo, signerInfos } = decodeSignedData(blob);
  const content = encapContentInfo.eContent!;
  const [signer] = signerInfos;
  const BAD_SIGNATURE = '0x80090006';
  const HASH_VALUE = '0x80091007';
  await assertRefused(turned(blob, signer!.signature), BAD_SIGNATURE);
  await assertRefused(turned(blob, content), HASH_VALUE);
  const hash = await engine.digest('sha1', user.certificate.raw);
  await assertRefused(turned(blob, hash), BAD_SIGNATURE);
  await assertRefused(turned(blob, user.certificate.raw), HASH_VALUE);
  await assertRefused(turned(blob, ca.certificate.tbsCertificate.subjectPublicKeyInfo.raw), BAD_SIGNATURE);
});

test('changed before it was signed: each part of the sealed key has its code, and no PFX is left', async () => {
  const make = (content: (archivedKey: Uint8Array) => Uint8Array) =>
    makeRecoveryBlob({ ca, user, agents: [agent], content });
  const { serialNumber } = decodeCertificate(agent.certificate.raw).tbsCertificate;
  // The last block is ciphertext; the recipient is named by his certificate's serial number; his key follows.
  await assertRefused(await make((key) => turned(key, key.subarray(-9))), '0x80090005');
  await assertRefused(await make((key) => turned(key, serialNumber)), '0x8009200c');
  await assertRefused(
    await make((key) => {
      const at = Buffer.from(key).indexOf(serialNumber) + serialNumber.length + 40;
      return turned(key, key.subarray(at, at + 100));
    }),
    '0x80090005',
  );
  const certificateHash = new Uint8Array(20).fill(7);
  await assertRefused(await makeRecoveryBlob({ ca, user, agents: [agent], certificateHash }), '0x80091007');
});

test('cut off anywhere: refused with a code, and no PFX is left', async () => {
  for (let length = 0; length < blob.length; length += 97) {
    const { status, output, pfx } = await recover(blob.subarray(0, length));
    assert.notEqual(status, 0, `${length} octets`);
    assert.equal(pfx, undefined);
    assert.match(output, /0x8/);
  }
});

test('any octet changed: refused with a code, or the octet means nothing and the key is the right one', async () => {
  let refused = 0;
  for (let at = 0; at < blob.length; at += 41) {
    const { status, output, pfx } = await recover(blob.with(at, blob[at]! ^ 0x10));
    assert.equal(status === 0, pfx !== undefined, `octet ${at}`);
    if (pfx === undefined) {
      refused++;
      assert.match(output, /0x8/);
    } else {
      await assertRightKey(pfx);
    }
  }
  assert.ok(refused > 20);
});
