import type { Extension } from '../x509/extension.ts';
import { extensionRow } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const duplicateExtensions: LintRule<readonly Extension[]> = {
  name: 'duplicate-extensions',
  clause: 'RFC 5280 §4.2, §5.2',
  severity: 'error',
  *check(extensions) {
    const seen = new Set<string>();
    for (const { extnID } of extensions) {
      if (seen.has(extnID)) yield `${extensionRow(extnID)?.name ?? extnID} stands more than once`;
      seen.add(extnID);
    }
  },
};
