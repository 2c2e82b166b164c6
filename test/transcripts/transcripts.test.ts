import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCertutil } from '#cli/certutil/main';
import { nodeEngine } from '#pki/crypto/node/engine';
import { runTranscript } from '#test/support/transcript';

for (const file of readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.txt'))
  .sort()) {
  test(file, async () => {
    await runTranscript(readFileSync(join(import.meta.dirname, file), 'utf8'), {
      certutil: (argv, console) => runCertutil(argv, { console, engine: async () => nodeEngine }),
    });
  });
}
