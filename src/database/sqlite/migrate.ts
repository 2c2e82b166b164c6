import type { DatabaseSync } from 'node:sqlite';
import { hresult } from '#hresult/hresult-error';
import { type Migration, migrationChecksum, migrations } from '../migrations/migration.ts';
import { SQLITE } from './dialect.ts';

/** `CHca`: marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x43486361;

/**
 * Brings the database to its present form. Throws ERROR_INVALID_DATA for another program's database or one whose migrations
 * were others, ERROR_NOT_SUPPORTED for a newer release's, ERROR_FILE_NOT_FOUND for an empty one unless `create`.
 */
export function migrate(connection: DatabaseSync, create: boolean): void {
  const applicationId = connection.prepare('PRAGMA application_id').get()?.['application_id'];
  const isEmpty = connection.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (isEmpty && !create) throw hresult('ERROR_FILE_NOT_FOUND', 'The database was never created.');
  if (!isEmpty && applicationId !== APPLICATION_ID) {
    throw hresult('ERROR_INVALID_DATA', 'The file is a database of another program.');
  }
  const known = migrations(SQLITE);
  const done = isEmpty ? 0 : requireSameHistory(connection, known);
  for (const migration of known.slice(done)) apply(connection, migration);
}

/** Answers how many migrations have run. */
function requireSameHistory(connection: DatabaseSync, known: readonly Migration[]): number {
  const done = connection.prepare('SELECT "number", "checksum" FROM "Migrations" ORDER BY "number"').all();
  if (done.length > known.length) {
    throw hresult('ERROR_NOT_SUPPORTED', 'A newer release has changed the database.', {
      hint: 'start that release, or one after it',
    });
  }
  done.forEach(({ number, checksum }, index) => {
    const migration = known[index]!;
    if (number !== migration.number || checksum !== migrationChecksum(migration)) {
      throw hresult('ERROR_INVALID_DATA', `The database's migration ${number} is not the one of this release.`);
    }
  });
  return done.length;
}

function apply(connection: DatabaseSync, migration: Migration): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    if (migration.number === 1) {
      connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      connection.exec('CREATE TABLE "Migrations" ("number" INTEGER PRIMARY KEY, "name" TEXT, "checksum" TEXT) STRICT');
    }
    for (const statement of migration.statements) connection.exec(statement);
    connection
      .prepare('INSERT INTO "Migrations" VALUES (?, ?, ?)')
      .run(migration.number, migration.name, migrationChecksum(migration));
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}
