/** The transcripts of this folder need no CA, no domain and no keys; those that do stand in folders with ports of their own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CertutilPorts } from '#cli/certutil/context';
import { runCertutil } from '#cli/certutil/main';
import type { Console } from '#cli/io/console';
import { nodeEngine } from '#pki/crypto/node/engine';
import { runTranscript } from '#test/support/transcript';

/** A verb that asks for more than these ends in a TypeError, which the transcript shows as E_UNEXPECTED. */
const portsOf = (console: Console) => ({ console, engine: async () => nodeEngine }) as CertutilPorts;

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));
for (const file of files.sort()) {
  test(file, async () => {
    await runTranscript(readFileSync(join(import.meta.dirname, file), 'utf8'), {
      certutil: (argv, console) => runCertutil(argv, portsOf(console)),
    });
  });
}
