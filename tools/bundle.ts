/** Bundles what `npx certhaven`, `certhaven link` and the packed tarball run: Node refuses to strip types inside node_modules. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: { certhaven: 'src/bin/certhaven.ts', 'writer.thread': 'src/database/sqlite/writer.thread.ts' },
  outdir: 'dist',
  bundle: true,
  // Each verb is loaded on use: the chunks keep that, and with it the start-up time.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
});
