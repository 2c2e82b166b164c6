#!/usr/bin/env node
// The entry npm links. A checkout runs its sources, an installed package its bundle.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launch.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'bin', 'certhaven.ts');
launch(existsSync(source) ? source : join(root, 'dist', 'certhaven.js'), process.argv.slice(2));
