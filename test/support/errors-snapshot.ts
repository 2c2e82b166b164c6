/** Everything a machine keeps, as values that can be compared: rows of databases, all other files and folders by content and mode. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** `home/ca/ca.db:Requests` to its rows, each as JSON; `work/alice.cer` to mode and digest, one line. */
export type Snapshot = ReadonlyMap<string, readonly string[]>;

export interface Difference {
  readonly place: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export function takeSnapshot(folder: string): Snapshot {
  const found = new Map<string, readonly string[]>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const place = relative(folder, path);
    // What SQLite keeps beside a database belongs to it: the log is read with it, the lock is empty.
    if (/\.db-(?:wal|shm|lock)$/.test(entry.name)) continue;
    // SoftHSM notes each login there; keys are files of their own.
    if (entry.name === 'token.object') continue;
    const rows = entry.name.endsWith('.db') ? readDatabase(path) : undefined;
    if (rows) for (const [table, lines] of rows) found.set(`${place}:${table}`, lines);
    else found.set(place, [`${(statSync(path).mode & 0o7777).toString(8)} ${contentOf(path)}`]);
  }
  return found;
}

function contentOf(path: string): string {
  return statSync(path).isDirectory() ? 'folder' : createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Every row of every table; undefined for a file that is no database any more. A copy is read: reading writes too. */
function readDatabase(path: string): Map<string, readonly string[]> | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-snapshot-'));
  try {
    const copy = join(folder, 'copy.db');
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) cpSync(path + suffix, copy + suffix);
    using database = new DatabaseSync(copy);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return new Map(tables.map(({ name }) => [String(name), rowsOf(database, String(name))]));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsOf(database: DatabaseSync, table: string): string[] {
  const statement = database.prepare(`SELECT * FROM "${table}"`);
  statement.setReadBigInts(true);
  return statement.all().map((row) => JSON.stringify(row, asText));
}

function asText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

export function compareSnapshots(before: Snapshot, after: Snapshot): Difference[] {
  const places = new Set([...before.keys(), ...after.keys()]);
  return [...places].sort().flatMap((place) => {
    const [removed, added] = [missing(before, after, place), missing(after, before, place)];
    return removed.length + added.length > 0 ? [{ place, removed, added }] : [];
  });
}

/** What `from` has at this place more often than `than`. */
function missing(from: Snapshot, than: Snapshot, place: string): string[] {
  const rest = [...(than.get(place) ?? [])];
  return (from.get(place) ?? []).filter((line) => {
    const at = rest.indexOf(line);
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
}
