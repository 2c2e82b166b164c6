/**
 * A process that opens the world of a folder, submits or resubmits one request, asks for an exchange certificate or renews the CA's
 * own, and kills itself at a named point:
 * `dying-authority.ts FOLDER "before commit 1" submit REQUEST-FILE`, `... "after sign 1" resubmit REQUEST-ID`,
 * `... "before commit 1" exchange`, `... "before commit 1" renew`.
 */
import { readFileSync } from 'node:fs';
import { AuthorityWorld } from './authority-world.ts';
import { hookedPorts } from './hooked-ports.ts';

const [folder, point, action, argument] = process.argv.slice(2);
const counts = { commit: 0, sign: 0 };
let isArmed = false;

function reach(name: string): void {
  if (isArmed && name === point) process.kill(process.pid, 'SIGKILL');
}

async function pass<T>(kind: keyof typeof counts, run: () => Promise<T>): Promise<T> {
  if (!isArmed) return run();
  const count = ++counts[kind];
  reach(`before ${kind} ${count}`);
  const result = await run();
  reach(`after ${kind} ${count}`);
  return result;
}

const world = await AuthorityWorld.reopen(folder!, {
  wrap: (ports) => hookedPorts(ports, { commit: (_, run) => pass('commit', run), sign: (run) => pass('sign', run) }),
});
const caller = await world.as(action === 'resubmit' || action === 'renew' ? 'Administrator' : 'alice');
isArmed = true;
if (action === 'submit') await caller.submit({ request: readFileSync(argument!), attributes: '' });
else if (action === 'exchange') await caller.exchangeCertificate();
else if (action === 'renew') {
  await caller.renewCertificate({ reuseKey: argument === 'ReuseKeys' });
  await world.restart();
} else await caller.resubmit(Number(argument));
isArmed = false;
await world.close();
