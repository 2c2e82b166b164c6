import { hresult } from '#hresult/hresult-error';
import { type NameValuePair, requireRequestAttributes } from '#pki/cmc/name-value-pairs';
import { chooseAuthority } from '../io/choose-authority.ts';
import type { CaConnection, CertreqContext } from './context.ts';
import type { CertreqOption } from './options.ts';

/** Calls with the CA that -config names, else with the one that is known or chosen, and closes the connection. */
export async function withAuthority<T>(context: CertreqContext, call: (ca: CaConnection) => Promise<T>): Promise<T> {
  const { options, console } = context;
  const chosen = await chooseAuthority({
    config: options.value('config'),
    known: context.authorities,
    isQuiet: options.has('q'),
    console,
  });
  if (chosen === undefined) {
    throw hresult('RPC_S_SERVER_UNAVAILABLE', 'No certification authority is known here.', {
      hint: 'Name one: -config Machine\\CAName',
    });
  }
  const ca = await context.connect(chosen);
  try {
    return await call(ca);
  } finally {
    await ca.close();
  }
}

const REFUSED: Readonly<Partial<Record<CertreqOption, string>>> = {
  PolicyServer: 'Enrollment policy servers are not reached by certreq.',
  Kerberos: 'The caller signs in as the current user.',
  RenewOnBehalfOf: 'Everybody renews his own certificates.',
  AdminForceMachine: 'The caller signs in as the current user.',
  Anonymous: 'A CA answers signed-in callers only.',
  ClientCertificate: 'The caller signs in as the current user.',
  UserName: 'The caller signs in as the current user.',
  p: 'The caller signs in as the current user.',
  crl: 'The CA answers without CRLs.',
  pin: 'There are no smart cards here.',
};

const SIGN_IN = 'certhaven sign-in NAME signs in at the CA of another machine';

const INSTEAD: Readonly<Partial<Record<CertreqOption, string>>> = {
  AdminForceMachine: 'Run certreq as the machine: CERTHAVEN_USER=DOMAIN\\machine$',
  crl: 'certutil -GetCRL fetches the CRL of the CA',
  Kerberos: SIGN_IN,
  Anonymous: SIGN_IN,
  ClientCertificate: SIGN_IN,
  UserName: SIGN_IN,
  p: SIGN_IN,
  RenewOnBehalfOf: 'An enrollment agent asks for a new certificate: RequesterName in the INF file',
};

/** Throws ERROR_NOT_SUPPORTED for an option that would silently not be kept. */
export function refuseOptions({ options }: CertreqContext): void {
  for (const name of options.names()) {
    const reason = REFUSED[name];
    if (reason !== undefined) throw hresult('ERROR_NOT_SUPPORTED', `-${name}: ${reason}`, { hint: INSTEAD[name] });
  }
}

/** The attributes of -attrib; the two characters `\n` part them. Throws ERROR_INVALID_PARAMETER for what are none. */
export function attributesOf({ options }: CertreqContext): NameValuePair[] {
  return requireRequestAttributes((options.value('attrib') ?? '').replaceAll('\\n', '\n'));
}
