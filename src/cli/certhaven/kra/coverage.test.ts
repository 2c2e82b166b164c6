import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CertificationAuthority } from '#ca/api';
import type { ViewQuery, ViewRow } from '#ca/ports';
import { type Holder, makeHolder, P256 } from '#test/support/recovery-ca';
import type { Agent } from './agents.ts';
import { type ArchivedKeyCoverage, type Coverage, coverage } from './coverage.ts';

/** A CA with nothing but these archived keys, each sealed to the agents of those thumbprints, and certificates it issued. */
function archive(
  sealed: Iterable<readonly string[]>,
  issued: ReadonlyMap<string, Uint8Array> = new Map(),
): { authority: CertificationAuthority; read: () => number } {
  let count = 0;
  async function* view({ restrictions = [] }: ViewQuery): AsyncGenerator<ViewRow> {
    const [only] = restrictions;
    if (only?.column === 'CertificateHash') {
      const raw = issued.get(String(only.value));
      if (raw) yield new Map([['RawCertificate', raw]]);
      return;
    }
    for (const thumbprints of sealed) {
      count++;
      yield new Map<string, string | number>([
        ['Request.RequestID', count],
        ['Request.RequesterName', 'CONTOSO\\alice'],
        ['Request.KeyRecoveryHashes', thumbprints.map((hash) => hash.replace(/..(?=.)/g, '$& ')).join('\n')],
        ['SerialNumber', `61${count}`],
      ]);
    }
  }
  return { authority: { view } as unknown as CertificationAuthority, read: () => count };
}

function agent(thumbprint: string, holder?: Holder, index?: number): Agent {
  return { thumbprint, certificate: holder?.certificate, state: undefined, index };
}

async function readAll(
  rows: AsyncGenerator<ArchivedKeyCoverage, Coverage>,
): Promise<{ keys: ArchivedKeyCoverage[]; summary: Coverage }> {
  const keys: ArchivedKeyCoverage[] = [];
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return { keys, summary: value };
    keys.push(value);
  }
}

function counts({ agents }: Coverage): (readonly [string, number, number])[] {
  return agents.map(({ agent: { thumbprint }, opens, alone }) => [thumbprint, opens, alone]);
}

const [A, B, C] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(20)) as [string, string, string];

describe('coverage', () => {
  test('who opens what, alone and with others', async () => {
    const [kra1, kra2] = [await makeHolder(holder('kra1')), await makeHolder(holder('kra2'))];
    const { authority } = archive([[A], [A, B], [B], [A, B]]);
    const known = [agent(A, kra1, 0), agent(B, kra2, 1)];
    const { keys, summary } = await readAll(coverage(authority, known, [known[0]!]));
    assert.deepEqual(counts(summary), [
      [A, 3, 1],
      [B, 3, 1],
    ]);
    assert.deepEqual(
      keys.map(({ isLost }) => isLost),
      [true, false, false, false],
    );
    assert.deepEqual([summary.archivedKeys, summary.lost], [4, 1]);
    const both = await readAll(coverage(authority, known, known));
    assert.equal(both.summary.lost, 4);
  });

  test('certificates that were renewed with the same key open the same archived keys, and go together', async () => {
    const old = await makeHolder(holder('kra1'));
    const renewed = await makeHolder({ ...holder('kra1'), sameKeyAs: old });
    const anew = await makeHolder(holder('kra1'));
    const { authority } = archive([[A], [B], [C], [A, B]]);
    const known = [agent(A, old), agent(B, renewed, 0), agent(C, anew, 1)];
    const { keys, summary } = await readAll(coverage(authority, known, [known[1]!]));
    assert.deepEqual(counts(summary), [
      [A, 3, 3],
      [B, 3, 3],
      [C, 1, 1],
    ]);
    assert.deepEqual(
      keys.map(({ isLost }) => isLost),
      [true, true, false, true],
    );
  });

  test('agents that no list has any more are found among the certificates the CA issued, or stand by their hash', async () => {
    const gone = await makeHolder(holder('kra9'));
    const { authority } = archive([[A], [B], []], new Map([[A, gone.certificate.raw]]));
    const { keys, summary } = await readAll(coverage(authority, [], []));
    assert.deepEqual(counts(summary), [
      [A, 1, 1],
      [B, 1, 1],
    ]);
    assert.deepEqual(summary.agents[0]!.agent.certificate?.raw, gone.certificate.raw);
    assert.equal(summary.agents[1]!.agent.certificate, undefined);
    assert.deepEqual(keys.at(-1)!.agents, []);
  });

  test('40,000 archived keys are read one by one', async () => {
    function* many(): Generator<readonly string[]> {
      for (let n = 0; n < 40_000; n++) yield n % 4 === 0 ? [A] : [A, B];
    }
    const { authority, read } = archive(many());
    const rows = coverage(authority, [], [agent(A)]);
    let lost = 0;
    for (let n = 1; ; n++) {
      const { done, value } = await rows.next();
      if (done) {
        assert.deepEqual([value.archivedKeys, value.lost], [40_000, 10_000]);
        break;
      }
      // Nothing is read ahead, and nothing is kept.
      assert.equal(read(), n);
      if (value.isLost) lost++;
    }
    assert.equal(lost, 10_000);
  });
});

function holder(name: string): { subject: string; role: 'agent'; parameters: typeof P256 } {
  return { subject: `CN=${name}`, role: 'agent', parameters: P256 };
}
