/**
 * Moving the keys of a CA that has five of them and has issued 100,000 certificates, step by step, beside the same CA without
 * a single one: what a move costs is its keys, its backup and the CRLs that prove it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beginMove } from '#migrate/migrate-keys';
import { preflight } from '#migrate/preflight';
import { AuthorityWorld } from '#test/support/authority-world';
import { migrationPorts, SOFTWARE_KSP, STRONG } from '#test/support/csp-ca';
import { median } from './measure.ts';

const CERTIFICATES = 100_000;
const KEYS = 5;
const ROUNDS = 3;
const STEPS = ['planned', 'backed up', 'copied', 'switched', 'proved', 'cleaned'] as const;

const folder = mkdtempSync(join(tmpdir(), 'certhaven-bench-'));

async function authority(name: string, certificates: number): Promise<AuthorityWorld> {
  const home = join(folder, name);
  mkdirSync(home);
  const installation = { provider: STRONG, hashAlgorithm: 'SHA1' };
  const world = await AuthorityWorld.create({ folder: home, installation });
  for (let key = 1; key < KEYS; key++) {
    await (await world.as('Administrator')).renewCertificate({ reuseKey: false });
    await world.restart();
  }
  const { now } = world;
  await world.close();
  if (certificates > 0) fill(join(home, 'ca.db'), certificates, now);
  return AuthorityWorld.reopen(home, { now });
}

/** Issued by the keys in turn, one in fifty revoked. */
function fill(path: string, count: number, now: Date): void {
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN');
  const numbers = `WITH RECURSIVE "N"("n") AS (SELECT 1000 UNION ALL SELECT "n" + 1 FROM "N" WHERE "n" < ${count + 999})`;
  const [begin, end] = [now.getTime(), now.getTime() + 300 * 86_400_000];
  raw.exec(`INSERT INTO "Requests" ("RequestID", "Disposition", "StatusCode", "DispositionMessage", "SubmittedWhen",
      "ResolvedWhen", "RevokedWhen", "RevokedEffectiveWhen", "RevokedReason", "RequesterName", "CallerName", "RawRequest")
    ${numbers} SELECT "n", CASE WHEN "n" % 50 = 0 THEN 21 ELSE 20 END, 0, 'Issued', ${begin}, ${begin}, ${begin}, ${begin},
      4, 'CONTOSO\\alice', 'CONTOSO\\alice', randomblob(700) FROM "N"`);
  raw.exec(`INSERT INTO "Certificates" ("RequestID", "SerialNumber", "CertificateHash", "CertificateTemplate", "NotBefore",
      "NotAfter", "IssuerNameID", "CommonName", "RawCertificate")
    ${numbers} SELECT "n", printf('%034x', "n" * 2654435761), printf('%040x', "n"), 'User', ${begin}, ${end},
      ("n" % ${KEYS}) * 65537, 'alice', randomblob(1200) FROM "N"`);
  raw.exec('COMMIT');
  raw.close();
}

/** Milliseconds of the preflight, then of each step. */
async function move(world: AuthorityWorld, to: string, round: number): Promise<number[]> {
  const ports = migrationPorts(world);
  const backup = join(world.folder, `backup-${round}-${to.length}`, 'Contoso CA.p12');
  const times: number[] = [];
  let last = performance.now();
  const lap = () => {
    times.push(performance.now() - last);
    last = performance.now();
  };
  const { plan } = await preflight(ports, { to, backup });
  lap();
  await beginMove(
    {
      ports,
      subject: 'CONTOSO\\Administrator',
      progress: (step) => {
        if ((STEPS as readonly string[]).includes(step)) lap();
      },
    },
    plan!,
    { backup, wipesBackup: true, password: 'moving house' },
  );
  return times;
}

const worlds = [await authority('empty', 0), await authority('full', CERTIFICATES)];
const laps: number[][][] = [[], []];
try {
  for (let round = 0; round < ROUNDS; round++)
    for (const to of [SOFTWARE_KSP, STRONG])
      for (const [index, world] of worlds.entries()) laps[index]!.push(await move(world, to, round));
} finally {
  for (const world of worlds) await world.close();
  rmSync(folder, { recursive: true, force: true });
}

const format = (ms: number) => `${ms.toFixed(0)} ms`.padStart(10);
console.log(`\nmoving ${KEYS} RSA-2048 keys, median of ${2 * ROUNDS}`);
console.log(`  ${''.padEnd(14)} ${'no certificate'.padStart(16)} ${`${CERTIFICATES} of them`.padStart(16)}`);
for (const [index, name] of ['preflight', ...STEPS].entries()) {
  const [empty, full] = laps.map((rounds) => median(rounds.map((times) => times[index]!)));
  console.log(`  ${name.padEnd(14)} ${format(empty!).padStart(16)} ${format(full!).padStart(16)}`);
}
const whole = laps.map((rounds) => median(rounds.map((times) => times.reduce((sum, time) => sum + time, 0))));
console.log(`  ${'all of it'.padEnd(14)} ${format(whole[0]!).padStart(16)} ${format(whole[1]!).padStart(16)}`);
