/** The database for tests of the rules: the same contract, nothing on disk. */
import { createHash } from 'node:crypto';
import type { EventRecord } from '#ca/audit/event-record';
import type { AuditEntry, CaDatabase, RegistryValue, Signing, ViewQuery, ViewRow, Write } from '#ca/ports';
import type { AttributeRow } from '#ca/schema/attributes';
import type { CertificateRow } from '#ca/schema/certificates';
import type { ExtensionRow } from '#ca/schema/extensions';
import type { RequestRow } from '#ca/schema/requests';
import { CommitQueue } from '#files/commit-queue';
import { hresult } from '#hresult/hresult-error';
import { RegistryCache } from '../registry-cache.ts';
import { RowNumbers } from '../row-numbers.ts';
import { planView } from '../view-plan.ts';
import { copyValue, type MemoryRow, MemoryTables } from './memory-tables.ts';
import { memoryView } from './memory-view.ts';

export function openMemoryDatabase(): CaDatabase {
  return new MemoryDatabase();
}

class MemoryDatabase implements CaDatabase {
  readonly #tables = new MemoryTables((data) => new Uint8Array(createHash('sha256').update(data).digest()));
  readonly #queue = new CommitQueue<readonly Write[]>((units) => {
    const outcomes = units.map((unit) => this.#commit(unit));
    this.#registry.written(units);
    return outcomes;
  });
  readonly #registry = new RegistryCache();
  readonly #numbers = new RowNumbers(0, 0);
  #closed = false;

  async commit(unit: readonly Write[]): Promise<void> {
    this.#numbers.see(unit);
    await this.#queue.push(unit);
  }

  async nextRequestId(): Promise<number> {
    return this.#numbers.nextRequestId();
  }

  async nextCrlRowId(): Promise<number> {
    return this.#numbers.nextCrlRowId();
  }

  async request(requestId: number): Promise<RequestRow | undefined> {
    return copyRow<RequestRow>(this.#open.Requests.get(requestId));
  }

  async certificate(requestId: number): Promise<CertificateRow | undefined> {
    return copyRow<CertificateRow>(this.#open.Certificates.get(requestId));
  }

  async extensions(requestId: number): Promise<readonly ExtensionRow[]> {
    return [...(this.#open.Extensions.get(requestId)?.values() ?? [])].map((row) => copyRow<ExtensionRow>(row)!);
  }

  async attributes(requestId: number): Promise<readonly AttributeRow[]> {
    return [...(this.#open.Attributes.get(requestId)?.values() ?? [])].map((row) => copyRow<AttributeRow>(row)!);
  }

  async *view(query: ViewQuery): AsyncGenerator<ViewRow, void, undefined> {
    yield* memoryView(this.#open, planView(query));
  }

  async signings(): Promise<readonly Signing[]> {
    return [...this.#open.Signings]
      .sort(([a], [b]) => a - b)
      .map(([RequestID, toBeSigned]) => ({ RequestID, toBeSigned: toBeSigned.slice() }));
  }

  async registry(): Promise<
    readonly { readonly path: string; readonly name: string; readonly value: RegistryValue }[]
  > {
    const tables = this.#open;
    return this.#registry.read(() => structuredClone([...tables.Registry.values()]));
  }

  async *audit(): AsyncGenerator<AuditEntry, void, undefined> {
    yield* structuredClone([...this.#open.Audit.values()]);
  }

  async *events(): AsyncGenerator<EventRecord & { readonly index: number }, void, undefined> {
    for (const [index, event] of [...this.#open.Events]) yield { index, ...structuredClone(event) };
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#closed = true;
  }

  get #open(): MemoryTables {
    if (this.#closed) throw hresult('ERROR_INVALID_HANDLE', 'The database is closed.');
    return this.#tables;
  }

  #commit(unit: readonly Write[]): unknown {
    try {
      this.#tables.writeUnit(unit);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function copyRow<TableRow>(row: MemoryRow | undefined): TableRow | undefined {
  if (row === undefined) return undefined;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, copyValue(value)])) as TableRow;
}
