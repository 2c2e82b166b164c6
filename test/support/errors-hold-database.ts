/** A second instance: opens a CA database, says so, and keeps it until standard input ends. */
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';

const database = await openSqliteDatabase({ path: process.argv[2]!, create: false });
console.log('open');
process.stdin.resume();
process.stdin.once('end', () => void database.close());
