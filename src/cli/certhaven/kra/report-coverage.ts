import type { CertificationAuthority } from '#ca/api';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { JsonRows } from '../json-rows.ts';
import { type Agent, agentJson, agentLines, agentName, findAgents } from './agents.ts';
import { type ArchivedKeyCoverage, type Coverage, coverage, issuedAgent, knownAgents } from './coverage.ts';

/**
 * `certhaven kra coverage [--keys] [--without AGENT]...`. `authority` is closed when all is read, which with --json is after
 * the command returned.
 */
export async function reportCoverage(
  context: CommandContext,
  authority: CertificationAuthority,
): Promise<Json | JsonRows> {
  const { known, without } = await asked(context, authority);
  const rows = closing(authority, coverage(authority, known, without));
  const isWanted = ({ isLost }: ArchivedKeyCoverage) => context.flag('keys') || isLost;
  if (context.isJson) return new JsonRows('keys', jsonRows(rows, isWanted));
  if (without.length > 0) context.out(`Without ${[...new Set(without.map(agentName))].join('; ')}:`);
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return printSummary(context, value, without);
    if (isWanted(value)) context.out(keyLine(value, context.flag('keys') && without.length > 0));
  }
}

async function asked(
  context: CommandContext,
  authority: CertificationAuthority,
): Promise<{ readonly known: readonly Agent[]; readonly without: readonly Agent[] }> {
  try {
    const known = await knownAgents(authority);
    return { known, without: await agentsWithout(context, authority, known) };
  } catch (error) {
    await authority.close();
    throw error;
  }
}

async function agentsWithout(
  context: CommandContext,
  authority: CertificationAuthority,
  known: readonly Agent[],
): Promise<readonly Agent[]> {
  const found: Agent[] = [];
  for (const token of context.options('without')) {
    const hex = token.replaceAll(' ', '').toLowerCase();
    const isListed = known.some(({ thumbprint }) => thumbprint === hex);
    if (/^[0-9a-f]{40}$/.test(hex) && !isListed) found.push(await issuedAgent(authority, hex));
    else found.push(...(await findAgents(known, token, context.console)));
  }
  return found;
}

async function* closing(
  authority: CertificationAuthority,
  rows: AsyncGenerator<ArchivedKeyCoverage, Coverage>,
): AsyncGenerator<ArchivedKeyCoverage, Coverage> {
  try {
    return yield* rows;
  } finally {
    await authority.close();
  }
}

async function* jsonRows(
  rows: AsyncGenerator<ArchivedKeyCoverage, Coverage>,
  isWanted: (key: ArchivedKeyCoverage) => boolean,
): JsonRows['rows'] {
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return summaryJson(value);
    if (!isWanted(value)) continue;
    const { agents, requestId, requesterName, isLost } = value;
    const serialNumber = value.serialNumber ?? null;
    yield { requestId, requesterName, serialNumber, agents: agents.map(({ thumbprint }) => thumbprint), isLost };
  }
}

function summaryJson({ archivedKeys, lost, agents }: Coverage): { readonly [key: string]: Json } {
  return {
    archivedKeys,
    lost,
    agents: agents.map(({ agent, opens, alone }) => ({ ...agentJson(agent), opens, alone })),
  };
}

/** `5  CONTOSO\alice  610a…  CN=kra1, …; CN=kra2, …` */
function keyLine(
  { requestId, requesterName, serialNumber, agents, isLost }: ArchivedKeyCoverage,
  tells: boolean,
): string {
  const names = agents.map(agentName).join('; ') || 'agents unknown';
  return `  ${requestId}  ${requesterName}  ${serialNumber ?? '(not issued)'}  ${names}${tells && isLost ? '  LOST' : ''}`;
}

function printSummary({ out }: CommandContext, summary: Coverage, without: readonly Agent[]): Json {
  const { archivedKeys, lost, agents } = summary;
  if (without.length > 0) out(`${lost} of ${archivedKeys} archived keys could not be recovered.`);
  else out(archivedKeys === 1 ? '1 archived key.' : `${archivedKeys} archived keys.`);
  for (const { agent, opens, alone } of agents) {
    out();
    for (const line of agentLines(agent)) out(line);
    out(`  Chosen: ${agent.index === undefined ? 'no' : 'yes'}`);
    out(`  Opens: ${opens}`);
    out(`  Opens alone: ${alone}`);
  }
  return summaryJson(summary);
}
