import { keyPasswordsAt } from '../io/key-passwords.ts';
import { runTool, type Tool } from '../io/run-tool.ts';
import type { CertutilContext, CertutilPorts } from './context.ts';
import { CERTUTIL_OPTIONS, type CertutilOption } from './options.ts';
import { CERTUTIL_VERBS } from './verbs.ts';

const CERTUTIL: Tool<CertutilContext, CertutilOption> = {
  name: 'CertUtil',
  verbs: CERTUTIL_VERBS,
  options: CERTUTIL_OPTIONS,
  defaultVerb: 'dump',
};

/** Runs `certutil ARGV` and answers its exit code: 0, or the HRESULT as an unsigned number. */
export function runCertutil(argv: readonly string[], ports: CertutilPorts): Promise<number> {
  return runTool(CERTUTIL, argv, ports.console, (verb) => ({
    ...ports,
    ...verb,
    // Under -silent nobody is asked for the password of a key.
    providers: (machineKeyset) =>
      ports.providers(machineKeyset, verb.options.has('silent') ? undefined : keyPasswordsAt(verb.console)),
  }));
}
