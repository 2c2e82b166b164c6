import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SQLITE } from '../sqlite/dialect.ts';
import { migrationChecksum, migrations } from './migration.ts';

test('a migration that databases have run never changes', () => {
  assert.deepEqual(
    migrations(SQLITE).map((migration) => [migration.number, migration.name, migrationChecksum(migration)]),
    [[1, 'initial schema', '594343f724623f94adc6f96ab2b867df1d029674a50b880193427ab61ab89724']],
  );
});
