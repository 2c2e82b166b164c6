/** Which archived keys open with which agents: read row by row, however many there are. */
import type { CertificationAuthority } from '#ca/api';
import type { ViewRow } from '#ca/ports';
import { parseKeyRecoveryHashes } from '#ca/schema/key-recovery-hashes';
import { formatHex } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Agent, agentOf } from './agents.ts';

export interface ArchivedKeyCoverage {
  readonly requestId: number;
  readonly requesterName: string;
  readonly serialNumber: string | undefined;
  readonly agents: readonly Agent[];
  /** Nobody would open it without the agents that were asked about. */
  readonly isLost: boolean;
}

export interface AgentCoverage {
  readonly agent: Agent;
  /** Archived keys that its key opens, and those that no other key opens. */
  readonly opens: number;
  readonly alone: number;
}

export interface Coverage {
  readonly archivedKeys: number;
  readonly lost: number;
  readonly agents: readonly AgentCoverage[];
}

interface Count {
  opens: number;
  alone: number;
}

/**
 * An agent is his key: certificates that were renewed with it open the same archived keys. `without` are those that will be
 * gone, with all their certificates of the same key.
 */
export async function* coverage(
  authority: CertificationAuthority,
  known: readonly Agent[],
  without: readonly Agent[],
): AsyncGenerator<ArchivedKeyCoverage, Coverage> {
  const book = new AgentBook(authority, known);
  const gone = new Set(without.map(keyOf));
  const counts = new Map<string, Count>();
  let archivedKeys = 0;
  let lost = 0;
  for await (const row of archivedKeyRows(authority)) {
    const agents = await book.agents(String(row.get('Request.KeyRecoveryHashes') ?? ''));
    const keys = new Set(agents.map(keyOf));
    for (const key of keys) count(counts, key, keys.size === 1);
    const isLost = keys.size > 0 && [...keys].every((key) => gone.has(key));
    archivedKeys++;
    if (isLost) lost++;
    yield { ...whoseKey(row), agents, isLost };
  }
  return {
    archivedKeys,
    lost,
    agents: book.all().map((agent) => ({ agent, opens: 0, alone: 0, ...counts.get(keyOf(agent)) })),
  };
}

function archivedKeyRows(authority: CertificationAuthority): AsyncIterable<ViewRow> {
  return authority.view({
    table: 'Requests',
    columns: ['Request.RequestID', 'Request.RequesterName', 'Request.KeyRecoveryHashes', 'SerialNumber'],
    restrictions: [{ column: 'Request.RawArchivedKey', operator: '!=', value: null }],
  });
}

function whoseKey(row: ViewRow): Pick<ArchivedKeyCoverage, 'requestId' | 'requesterName' | 'serialNumber'> {
  const serialNumber = row.get('SerialNumber');
  return {
    requestId: Number(row.get('Request.RequestID')),
    requesterName: String(row.get('Request.RequesterName') ?? ''),
    serialNumber: typeof serialNumber === 'string' ? serialNumber : undefined,
  };
}

/** What two certificates of one key have in common. */
export function keyOf({ certificate, thumbprint }: Agent): string {
  return certificate ? formatHex(certificate.tbsCertificate.subjectPublicKeyInfo.raw) : thumbprint;
}

function count(counts: Map<string, Count>, key: string, isAlone: boolean): void {
  const counted = counts.get(key) ?? { opens: 0, alone: 0 };
  counted.opens++;
  if (isAlone) counted.alone++;
  counts.set(key, counted);
}

/** The agents by thumbprint: those the CA offers, and whoever else archived keys name. */
class AgentBook {
  readonly #authority: CertificationAuthority;
  readonly #agents: Map<string, Agent>;

  constructor(authority: CertificationAuthority, known: readonly Agent[]) {
    this.#authority = authority;
    this.#agents = new Map(known.map((agent) => [agent.thumbprint, agent]));
  }

  all(): readonly Agent[] {
    return [...this.#agents.values()];
  }

  async agents(keyRecoveryHashes: string): Promise<readonly Agent[]> {
    const found: Agent[] = [];
    for (const thumbprint of parseKeyRecoveryHashes(keyRecoveryHashes)) {
      const agent = this.#agents.get(thumbprint) ?? (await issuedAgent(this.#authority, thumbprint));
      this.#agents.set(thumbprint, agent);
      found.push(agent);
    }
    return found;
  }
}

/** One that no store and no list has any more, as far as the CA issued it. */
export async function issuedAgent(authority: CertificationAuthority, thumbprint: string): Promise<Agent> {
  for await (const row of authority.view({
    table: 'Requests',
    columns: ['RawCertificate'],
    restrictions: [{ column: 'CertificateHash', operator: '=', value: thumbprint }],
    limit: 1,
  })) {
    const raw = row.get('RawCertificate');
    if (raw instanceof Uint8Array)
      return { thumbprint, certificate: decodeCertificate(raw), state: undefined, index: undefined };
  }
  return { thumbprint, certificate: undefined, state: undefined, index: undefined };
}

/** Those the CA offers; one that is chosen and not found has its certificate out of the CA's records. */
export async function knownAgents(authority: CertificationAuthority): Promise<readonly Agent[]> {
  const agents: Agent[] = [];
  for (const agent of (await authority.keyRecoveryAgents()).map(agentOf)) {
    const certificate = agent.certificate ?? (await issuedAgent(authority, agent.thumbprint)).certificate;
    agents.push({ ...agent, certificate });
  }
  return agents;
}
