/**
 * The service of `https.ts` and `memory.ts` in a process of its own: a home is made, filled and served. It sends its parent
 * where it listens; each message from the parent is answered with what the service has used since the last one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openCredentials } from '#directory/credentials/open-credentials';
import { encodePem } from '#pki/asn1/pem';
import { newKey, pkcs10 } from '#test/support/requester';
import { paths } from '../src/bin/home.ts';
import { Machine } from '../src/bin/machine.ts';
import { serve } from '../src/bin/serve.ts';

export interface ServedForLoad {
  readonly port: number;
  readonly serverName: string;
  /** PEM. */
  readonly trust: string;
  /** Authorization headers, one a person. */
  readonly authorizations: readonly string[];
  /** Base 64. */
  readonly exchangeCertificate: string;
}

export interface UsedByService {
  /** Seconds of processor time. */
  readonly cpu: number;
  /** Milliseconds that the event loop came late: median, 99th percentile, worst. */
  readonly delay: readonly [median: number, p99: number, worst: number];
  /** Bytes of the process, and of its JavaScript heap after a collection. */
  readonly rss: number;
  readonly heap: number;
}

const key = process.argv[2]!;
const people = Number(process.argv[3]);
const folder = mkdtempSync(join(tmpdir(), 'certhaven-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const home = { directory: folder, machineName: 'ca01.contoso.com' };

function certhaven(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../src/bin/certhaven.ts'), ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, CERTHAVEN_HOME: folder, CERTHAVEN_USER: '', CERTHAVEN_MACHINE: home.machineName },
    },
  );
  if (status !== 0) throw new Error(`certhaven ${args.join(' ')}: ${stderr}`);
}

/** One key recovery agent, made without a key store: nothing is recovered here. */
async function addAgent(): Promise<void> {
  const machine = new Machine(home);
  const admin = await machine.connect(undefined);
  const request = await pkcs10(machine.engine, await newKey(machine.engine));
  const { requestId } = await admin.submit({ request, attributes: 'CertificateTemplate:KeyRecoveryAgent' });
  const { certificate, dispositionMessage } = await admin.resubmit(requestId);
  if (certificate === undefined) throw new Error(dispositionMessage);
  await admin.setKeyRecoveryAgents([certificate], 1);
  await admin.close();
  await machine.close();
}

certhaven('install-ca', '--name', 'CN=Contoso CA,O=Contoso', '--domain', 'contoso.com', '--key', key);
certhaven('template', 'duplicate', 'EFS', 'ArchiveEFS', '--archive-key');
certhaven('certutil', '-SetCATemplates', '+User,ArchiveEFS,KeyRecoveryAgent');
await addAgent();

const machine = new Machine(home, { threaded: true });
const directory = await machine.directory();
const credentials = openCredentials({ directory: paths.credentials(home), now: () => new Date() });
const authorizations: string[] = [];
for (let n = 0; n < people; n++) {
  const { sid } = await directory.addUser({ accountName: `user${n}`, mail: `user${n}@contoso.com` });
  authorizations.push(`Bearer ${(await credentials.issueToken(sid, 'benchmark')).token}`);
}
const ports = await machine.authorityPorts();
const [root] = await ports.stores.list('Root');
await ports.database.close();
const service = await serve(machine, {
  https: { host: '127.0.0.1', port: 0 },
  http: undefined,
  names: [],
  onFault: (what, thrown) => console.error(what, thrown),
});
const local = await new Machine(home).connect(undefined);
const { certificate: exchange } = await local.exchangeCertificate();
await local.close();

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let cpu = process.cpuUsage();
process.on('message', () => {
  const used = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const milliseconds = (nanoseconds: number) => nanoseconds / 1e6;
  // The histogram counts the millisecond that was asked for too.
  const late = (nanoseconds: number) => Math.max(0, milliseconds(nanoseconds) - 1);
  const delays = [late(delay.percentile(50)), late(delay.percentile(99)), late(delay.max)] as const;
  delay.reset();
  globalThis.gc?.();
  const { rss, heapUsed: heap } = process.memoryUsage();
  process.send!({ cpu: (used.user + used.system) / 1e6, delay: delays, rss, heap } satisfies UsedByService);
});
process.on('disconnect', async () => {
  await service.stop();
  process.exit(0);
});
process.send!({
  port: Number(new URL(service.url).port),
  serverName: home.machineName,
  trust: encodePem('CERTIFICATE', root!.certificate),
  authorizations,
  exchangeCertificate: Buffer.from(exchange).toString('base64'),
} satisfies ServedForLoad);
