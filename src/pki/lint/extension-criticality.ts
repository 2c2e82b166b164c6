import type { Extension } from '../x509/extension.ts';
import { extensionRow } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const extensionCriticality: LintRule<readonly Extension[]> = {
  name: 'extension-criticality',
  clause: 'RFC 5280 §4.2.1, §4.2.2, §5.2',
  severity: 'error',
  *check(extensions) {
    for (const { extnID, critical } of extensions) {
      const row = extensionRow(extnID);
      if (row?.criticality === 'must' && !critical) yield `${row.name} is not critical`;
      if (row?.criticality === 'must not' && critical) yield `${row.name} is critical`;
    }
  },
};
