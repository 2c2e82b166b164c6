import { Asn1Error } from '../asn1/asn1-error.ts';
import type { Extension } from '../x509/extension.ts';
import { extensionRow } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

/** Extensions may come from a request as they are: those we know must be readable. */
export const extensionEncoding: LintRule<readonly Extension[]> = {
  name: 'extension-encoding',
  clause: 'RFC 5280 §4.2',
  severity: 'error',
  *check(extensions) {
    for (const { extnID, extnValue } of extensions) {
      const row = extensionRow(extnID);
      try {
        row?.codec.decode(extnValue);
      } catch (error) {
        if (!(error instanceof Asn1Error)) throw error;
        yield `${row!.name} is malformed: ${error.message}`;
      }
    }
  },
};
