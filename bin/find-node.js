// Plain JavaScript: this file also runs on the old Node it is there to replace.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const PACKAGES = { 'linux-x64': 'bin/node', 'linux-arm64': 'bin/node', 'win-x64': 'bin/node.exe' };

/** The path of a Node that can run Certhaven: this one where it is new enough, else the one npm brought along. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED) return process.execPath;
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const file = PACKAGES[platform];
  // npm may have put the package beside us or, for an installed tarball, above us.
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = file && join(folder, 'node_modules', `node-${platform}`, file);
    if (candidate && existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

export const missingNode = `certhaven: Node ${WANTED} or later is needed; this is ${process.version} and npm brought none along for ${process.platform}-${process.arch}.
Install Node ${WANTED}, or run "npm ci" without --omit=optional on Linux or Windows.
`;
