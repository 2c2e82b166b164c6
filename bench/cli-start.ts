/** From the command to its last line: `certutil -?` from the bundle and from sources, beside a Node process with nothing to do. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, each } from './measure.ts';
import { compare } from './report.ts';

const ROOT = join(import.meta.dirname, '..');
const bundle = join(ROOT, 'dist', 'certhaven.js');
const sources = join(ROOT, 'src', 'bin', 'certhaven.ts');
if (!existsSync(bundle)) execFileSync(process.execPath, [join(ROOT, 'tools', 'bundle.ts')], { stdio: 'inherit' });

function command(name: string, ...args: string[]): Contender {
  return { name, perform: each(() => execFileSync(process.execPath, args)) };
}

await compare(
  'processes, one after the other',
  [
    command('node -e 0', '-e', '0'),
    command('certutil -? from the bundle', bundle, 'certutil', '-?'),
    command('certutil -? from sources', sources, 'certutil', '-?'),
    command('certutil -error 5 from the bundle', bundle, 'certutil', '-error', '5'),
  ],
  { rounds: 15, milliseconds: 400 },
);
console.log('  "ours" is here how many times as long as node -e 0 the command takes');
