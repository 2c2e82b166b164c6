import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { databaseSuite } from '../database.suite.ts';
import { openSqliteDatabase } from './open-sqlite-database.ts';

const directory = mkdtempSync(join(tmpdir(), 'certhaven-'));
after(() => rmSync(directory, { recursive: true }));
let count = 0;

const open = (threaded: boolean) => () =>
  openSqliteDatabase({ path: join(directory, `${++count}.db`), create: true, threaded });

databaseSuite('sqlite', open(false));
databaseSuite('sqlite, written by a thread', open(true));
