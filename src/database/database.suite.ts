/** What every database must keep; run over each of them. */
import type { OpenDatabase } from './suite/fixtures.ts';
import { recordsSuite } from './suite/records.suite.ts';
import { refusalsSuite } from './suite/refusals.suite.ts';
import { unitsSuite } from './suite/units.suite.ts';
import { viewsSuite } from './suite/views.suite.ts';

export function databaseSuite(name: string, open: OpenDatabase): void {
  unitsSuite(name, open);
  refusalsSuite(name, open);
  recordsSuite(name, open);
  viewsSuite(name, open);
}
