import type { CertificationAuthority, KeyRecoveryAgentsChange } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import type { JsonRows } from './json-rows.ts';
import { agentJson, agentLines, agentsNamed, findAgents, readCertificate, requireOne } from './kra/agents.ts';
import { keyOf, knownAgents } from './kra/coverage.ts';
import { reportCoverage } from './kra/report-coverage.ts';

/** `certhaven kra`: the Recovery Agents page of AD CS. */
export async function run(context: CommandContext): Promise<Json | JsonRows> {
  const [word, ...tokens] = context.arguments;
  const used = usedOf(context);
  const number = used === undefined ? {} : { used };
  const authority = await context.connect(context.option('config'));
  // The report closes it itself, when all is read.
  if (word === 'coverage' && tokens.length === 0) return reportCoverage(context, authority);
  try {
    if (word === 'add' || word === 'remove') {
      const change = await changeOf(context, authority, word, tokens);
      return tell(context, await authority.changeKeyRecoveryAgents({ ...change, ...number }));
    }
    if (word === undefined || (word === 'list' && tokens.length === 0)) {
      if (used === undefined) return await list(context, authority);
      return tell(context, await authority.changeKeyRecoveryAgents({ add: [], remove: [], used }));
    }
    const certificates: Uint8Array[] = [];
    for (const file of context.arguments) certificates.push(decodePemOrDer(await context.console.readFile(file)));
    await authority.setKeyRecoveryAgents(certificates, used ?? 1);
    return tell(context, { agents: certificates.length, used: used ?? 1 });
  } finally {
    await authority.close();
  }
}

/** --use N, 0 for --off. */
function usedOf(context: CommandContext): number | undefined {
  const text = context.option('use');
  if (context.flag('off')) {
    if (text === undefined && context.arguments.length === 0) return 0;
    throw hresult('ERROR_INVALID_PARAMETER', '--off stands alone.', {
      hint: 'certhaven kra --off switches key archival off; the list of agents stays',
    });
  }
  if (text === undefined || /^[1-9][0-9]{0,2}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw hresult('ERROR_INVALID_PARAMETER', `--use ${text} is no number of agents.`);
}

async function changeOf(
  { console }: CommandContext,
  authority: CertificationAuthority,
  word: 'add' | 'remove',
  tokens: readonly string[],
): Promise<KeyRecoveryAgentsChange> {
  if (tokens.length === 0)
    throw hresult('ERROR_INVALID_PARAMETER', `Whom to ${word}?`, { hint: `certhaven kra ${word} AGENT...` });
  const agents = await knownAgents(authority);
  const add: Uint8Array[] = [];
  const remove: string[] = [];
  for (const token of tokens) {
    if (word === 'add') {
      const open = agents.filter(({ index }) => index === undefined);
      const named = requireOne(agentsNamed(open, token), token);
      add.push(named?.certificate?.raw ?? (await readCertificate(token, console)));
    } else {
      const chosen = agents.filter(({ index }) => index !== undefined);
      const named = requireOne(await findAgents(chosen, token, console), token);
      if (named === undefined)
        throw hresult('CRYPT_E_NOT_FOUND', `${token} is not among the key recovery agents.`, {
          hint: 'certhaven kra lists them',
        });
      remove.push(named.thumbprint);
    }
  }
  return { add, remove };
}

function tell({ out }: CommandContext, { agents, used }: { readonly agents: number; readonly used: number }): Json {
  out(used === 0 ? 'Key archival is off.' : `Each key is sealed to ${used} of ${agents} key recovery agents.`);
  out('The CA loads its key recovery agents when it starts.');
  return { agents, used };
}

async function list({ out }: CommandContext, authority: CertificationAuthority): Promise<Json> {
  const { kraUsed: used } = await authority.info();
  const agents = await knownAgents(authority);
  const chosen = agents.filter(({ index }) => index !== undefined);
  const others = agents.filter(({ index }) => index === undefined);
  out(used === 0 ? 'Key archival is off.' : `Each key is sealed to ${used} of ${chosen.length} key recovery agents.`);
  const keys = new Set(chosen.map(keyOf)).size;
  if (keys < chosen.length) out(`${chosen.length} certificates of ${keys} ${keys === 1 ? 'key' : 'keys'}.`);
  for (const [title, some] of [
    ['Chosen', chosen],
    ['Not chosen', others],
  ] as const) {
    if (some.length > 0) out(`\n${title}:`);
    for (const agent of some) for (const line of agentLines(agent)) out(line);
  }
  return { used, agents: agents.map(agentJson) };
}
