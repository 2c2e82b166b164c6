import { hresult } from '#hresult/hresult-error';
import type { CaConnection, CertreqContext } from './context.ts';
import type { CertreqOption } from './options.ts';

/** Calls with the CA that -config names, else with the one that is known or chosen, and closes the connection. */
export async function withAuthority<T>(context: CertreqContext, call: (ca: CaConnection) => Promise<T>): Promise<T> {
  const ca = await context.connect(await chooseAuthority(context));
  try {
    return await call(ca);
  } finally {
    await ca.close();
  }
}

/**
 * Throws ERROR_INVALID_PARAMETER where several are known and nobody can be asked, RPC_S_SERVER_UNAVAILABLE where none is.
 */
async function chooseAuthority({ options, console, authorities }: CertreqContext): Promise<string> {
  const config = options.value('config');
  if (config !== undefined && config !== '-') return config;
  const known = await authorities();
  const [only, ...others] = known;
  if (only === undefined) {
    throw hresult('RPC_S_SERVER_UNAVAILABLE', 'No certification authority is known here.', {
      hint: 'Name one: -config Machine\\CAName',
    });
  }
  if (others.length === 0) return only;
  const list = known.map((name, index) => `${index + 1}: ${name}`).join('\n');
  const ambiguous = (what: string) =>
    hresult('ERROR_INVALID_PARAMETER', `${what}\n${list}`, { hint: 'Name one: -config Machine\\CAName' });
  if (!console.isInteractive || options.has('q') || config === '-') {
    throw ambiguous('Several certification authorities are known:');
  }
  const answer = (await console.prompt(`${list}\nSelect a certification authority (1 to ${known.length}):`)).trim();
  const chosen = /^[0-9]+$/.test(answer) ? known[Number(answer) - 1] : known.find((name) => isSame(name, answer));
  if (chosen === undefined) throw ambiguous(`"${answer}" is none of them:`);
  return chosen;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const REFUSED: Readonly<Partial<Record<CertreqOption, string>>> = {
  PolicyServer: 'Enrollment policy servers are not reached by certreq.',
  Anonymous: 'A CA answers signed-in callers only.',
  ClientCertificate: 'The caller signs in as the current user.',
  UserName: 'The caller signs in as the current user.',
  p: 'The caller signs in as the current user.',
  crl: 'The CA answers without CRLs.',
  cert: 'Requests are signed by their own new key only.',
  pin: 'There are no smart cards here.',
  xchg: 'The exchange certificate is always fetched from the CA and checked.',
};

/** Throws ERROR_NOT_SUPPORTED for an option that would silently not be kept. */
export function refuseOptions({ options }: CertreqContext): void {
  for (const name of options.names()) {
    const reason = REFUSED[name];
    if (reason !== undefined) throw hresult('ERROR_NOT_SUPPORTED', `-${name}: ${reason}`);
  }
}

/** The attributes of -attrib as lines; the two characters `\n` part them. */
export function attributeText({ options }: CertreqContext): string {
  return (options.value('attrib') ?? '').replaceAll('\\n', '\n');
}
