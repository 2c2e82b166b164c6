import type { DatabaseSync } from 'node:sqlite';

/** What decides which groups somebody is in: who is a member of what, and the numbers both go by. */
const DECISIVE = `('member', 'primarygroupid', 'objectsid')`;

function counting(event: string, row: 'OLD' | 'NEW'): string {
  return `CREATE TRIGGER membership_${event.toLowerCase()} AFTER ${event} ON attribute_values WHEN ${row}.name IN ${DECISIVE} BEGIN
  INSERT INTO settings (name, value) VALUES ('membershipChanges', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;`;
}

/** Counts every change of a membership, whoever makes it. */
export const MEMBERSHIP_TRIGGERS = [
  counting('INSERT', 'NEW'),
  counting('UPDATE', 'NEW'),
  counting('DELETE', 'OLD'),
].join('\n');

/** People whose groups are kept. */
const KEPT = 10_000;

/**
 * The groups of who signs in, found once as long as no membership changes. Only for reading transactions: what a writing one
 * sees may be rolled back, and its count given again.
 */
export class TokenGroups {
  readonly #known = new Map<number, readonly string[]>();
  #changes = -1;

  of(database: DatabaseSync, id: number, find: () => readonly string[]): readonly string[] {
    const changes = membershipChanges(database);
    if (changes !== this.#changes || this.#known.size >= KEPT) this.#known.clear();
    this.#changes = changes;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = find();
    this.#known.set(id, found);
    return found;
  }
}

function membershipChanges(database: DatabaseSync): number {
  const row = database.prepare(`SELECT value FROM settings WHERE name = 'membershipChanges'`).get();
  return Number(row?.['value'] ?? 0);
}
