/** The program: `certhaven certutil …`, `certhaven certreq …`, and Certhaven's own commands. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// The compiled code of the modules in use is kept between runs: most of what a short command costs is loading. It is run
// unseen, so it lies where the account alone writes; Node's own choice is a folder of temporary files, whoever made it.
const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && join(HOME, '.cache'));
if (caches) enableCompileCache(join(caches, 'certhaven'));

const [tool, ...rest] = process.argv.slice(2);
// An exit code is one byte on POSIX: the low byte of the HRESULT, and never 0 for a failure.
const { runProgram } = await import('./program.ts');
const code = await runProgram(tool, rest);
process.exitCode = code === 0 ? 0 : code & 0xff || 1;
