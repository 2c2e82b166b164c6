import { basename } from 'node:path';
import { NodeConsole } from '#cli/io/node-console';
import { findHome } from './home.ts';

/** Answers an HRESULT, 0 for success. `tool` is the word behind `certhaven`. */
export async function runProgram(tool: string | undefined, argv: readonly string[]): Promise<number> {
  const console = new NodeConsole();
  const name = tool === undefined ? undefined : basename(tool).toLowerCase();
  if (name === 'certutil') {
    const [{ runCertutil }, { certutilPorts }] = await Promise.all([
      import('#cli/certutil/main'),
      import('./certutil-ports.ts'),
    ]);
    return runCertutil(argv, certutilPorts(findHome(), console));
  }
  if (name === 'certreq') {
    const [{ runCertreq }, { certreqPorts }] = await Promise.all([
      import('#cli/certreq/main'),
      import('./certreq-ports.ts'),
    ]);
    return runCertreq(argv, certreqPorts(findHome(), console));
  }
  const [{ runCerthaven }, { certhavenPorts }] = await Promise.all([
    import('#cli/certhaven/main'),
    import('./certhaven-ports.ts'),
  ]);
  return runCerthaven(tool === undefined ? [] : [tool, ...argv], certhavenPorts(findHome(), console));
}
