/**
 * Batch recovery: recovery BLOBs to checked private keys, as `-getkey TOKEN recover` and `-recoverkey` of several do it, beside
 * the one operation each cannot do without, the agent's key unwrapping the content key. RSA-2048 all through; the agent's key
 * is in the software provider's store.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import { createNodeEngine } from '#pki/crypto/node/engine';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { type NamedBlob, recoverBatch, wipeKeys } from '#recover/batch';
import { makeHolder, makeRecoveryBlob } from '#test/support/recovery-ca';
import { inFlight, median } from './measure.ts';
import { compare, percent } from './report.ts';

/** Microseconds of processor time. */
async function busy(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Different keys, so that nothing is remembered from one to the next. */
const KEYS = 40;
const WIDTH = 4;

const engine = createNodeEngine();
const folder = mkdtempSync(join(tmpdir(), 'certhaven-bench-'));
try {
  const ca = await makeHolder({ subject: 'CN=CA', role: 'ca' });
  const agent = await makeHolder({ subject: 'CN=KRA', role: 'agent', issuer: ca });
  const providers = await openSoftwareProviders({
    directory: join(folder, 'keys'),
    machineKeyset: false,
    machineGuid: '2b8a1f6e-5c4d-4e3f-9a7b-1c2d3e4f5a6b',
    engine,
  });
  const key = await providers
    .byName('Microsoft Software Key Storage Provider')
    .importKey(agent.pkcs8, { container: 'kra', keySpec: 0, policy: { exportable: false, archivable: false } });
  const blobs: NamedBlob[] = [];
  for (let n = 0; n < KEYS; n++) {
    const user = await makeHolder({ subject: `CN=user${n}`, role: 'user', issuer: ca });
    blobs.push({ name: String(n), bytes: await makeRecoveryBlob({ ca, user, agents: [agent] }) });
  }
  const request = {
    engine,
    trustedCa: [ca.certificate],
    findRecipientKey: async (rid: Parameters<typeof identifiesCertificate>[0]) =>
      identifiesCertificate(rid, agent.certificate)
        ? { certificate: agent.certificate, decrypter: key, close: () => undefined }
        : undefined,
  };
  const recover = async (count: number) => {
    const many = Array.from({ length: count }, (_, index) => blobs[index % KEYS]!);
    const results = await recoverBatch(many, request);
    const failed = results.find((result) => !result.ok);
    if (failed) throw new Error(`BLOB ${failed.name} does not open`);
    wipeKeys(results);
  };
  const transported = await engine.wrapKey({ name: 'rsa-pkcs1' }, agent.key.publicKey, engine.random(24));
  const unwrap = async () => key.unwrapKey({ name: 'rsa-pkcs1' }, transported, 24);
  const [, needed] = await compare(
    `recoveries, ${WIDTH} in flight`,
    [
      { name: 'recovery BLOB to checked private key', perform: recover },
      { name: "the agent's key alone", perform: inFlight(WIDTH, unwrap) },
    ],
    { rounds: 9, milliseconds: 400 },
  );
  console.log(`  beside the key alone: ${percent(needed!.ratio)}`);
  // Other work on the machine falls on the clock, less on what the processor was busy with.
  const alone = inFlight(WIDTH, unwrap);
  const shares: number[] = [];
  for (let round = 0; round < 9; round++)
    shares.push((await busy(() => alone(200))) / (await busy(() => recover(200))));
  console.log(`  by processor time: ${percent(median(shares))}`);
  key.close();
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}
