/**
 * Bundles what `npx certhaven`, `certhaven link` and the packed tarball run: Node refuses to strip types inside node_modules.
 * `tools/bundle.ts FOLDER` puts it elsewhere than in dist.
 */
import { globSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

// Each thread runs a file of its own; beside the others, where `threads/thread-pool.ts` looks for it.
const threads = Object.fromEntries(
  globSync('src/**/*.thread.ts', { cwd: ROOT }).map((file) => [basename(file, '.ts'), file]),
);

const folder = process.argv[2] ?? 'dist';
rmSync(join(ROOT, folder), { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: { certhaven: 'src/bin/certhaven.ts', ...threads },
  outdir: folder,
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
