import { InfError } from '#enroll/inf/inf-error';
import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { keyPasswordsAt } from '../io/key-passwords.ts';
import { runTool, type Tool } from '../io/run-tool.ts';
import type { CertreqContext, CertreqPorts } from './context.ts';
import { CERTREQ_OPTIONS, type CertreqOption } from './options.ts';
import { CERTREQ_VERBS } from './verbs.ts';

const CERTREQ: Tool<CertreqContext, CertreqOption> = {
  name: 'CertReq',
  verbs: CERTREQ_VERBS,
  options: CERTREQ_OPTIONS,
  defaultVerb: 'submit',
  successLines: () => [],
  failureLines: (_verb, error) => [
    `Certificate Request Processor: ${HRESULTS[error.symbol][1]} ${formatHresult(error.hresult)}`,
    ...(error instanceof InfError ? [error.place] : []),
  ],
};

/** Runs `certreq ARGV` and answers its exit code: 0, or the HRESULT as an unsigned number. */
export function runCertreq(argv: readonly string[], ports: CertreqPorts): Promise<number> {
  return runTool(CERTREQ, argv, ports.console, (verb) => ({
    ...ports,
    ...verb,
    // Under -q nobody is asked for the password of a key.
    providers: (machineKeyset) =>
      ports.providers(machineKeyset, verb.options.has('q') ? undefined : keyPasswordsAt(verb.console)),
  }));
}
