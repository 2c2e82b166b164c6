import type { Dialect } from '../schema/dialect.ts';

/** A trigger's message begins with the symbol of the error it becomes. */
function refuse(symbol: string, detail: string): string {
  return `SELECT RAISE(ABORT, '${symbol}: ${detail}')`;
}

function appendOnly(table: 'Audit' | 'Events'): string[] {
  const refusal = refuse('ERROR_ACCESS_DENIED', `The records of ${table} are only appended to.`);
  return [
    `CREATE TRIGGER "${table}_update" BEFORE UPDATE ON "${table}" BEGIN ${refusal}; END`,
    `CREATE TRIGGER "${table}_delete" BEFORE DELETE ON "${table}" BEGIN ${refusal}; END`,
    // INSERT OR REPLACE takes rows away without the delete trigger; a taken number is refused here.
    `CREATE TRIGGER "${table}_insert" BEFORE INSERT ON "${table}"
      WHEN EXISTS (SELECT 1 FROM "${table}" WHERE "index" = NEW."index") BEGIN ${refusal}; END`,
  ];
}

/** Dates are milliseconds since 1970: exact in an integer, in order, and readable with `datetime(x / 1000, 'unixepoch')`. */
export const SQLITE: Dialect = {
  types: { long: 'INTEGER', date: 'INTEGER', binary: 'BLOB', string: 'TEXT' },
  numberedKey: 'INTEGER PRIMARY KEY',
  tableOptions: ' STRICT',
  caseless: (expression) => `${expression} COLLATE NOCASE`,
  guards: [
    ...appendOnly('Audit'),
    ...appendOnly('Events'),
    `CREATE TRIGGER "Requests_archived" BEFORE DELETE ON "Requests" WHEN OLD."RawArchivedKey" IS NOT NULL
      BEGIN ${refuse('CERTSRV_E_BAD_REQUESTSTATUS', 'A key is archived for the request.')}; END`,
    `CREATE TRIGGER "Requests_signing" BEFORE DELETE ON "Requests"
      WHEN EXISTS (SELECT 1 FROM "Signings" WHERE "RequestID" = OLD."RequestID")
      BEGIN ${refuse('CERTSRV_E_BAD_REQUESTSTATUS', 'The request is being signed.')}; END`,
    `CREATE TRIGGER "Requests_numbers" AFTER DELETE ON "Requests"
      BEGIN INSERT INTO "Numbers" VALUES ('RequestID', OLD."RequestID")
        ON CONFLICT ("name") DO UPDATE SET "last" = max("last", excluded."last"); END`,
  ],
};
