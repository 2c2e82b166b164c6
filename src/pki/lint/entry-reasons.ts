import type { TBSCertList } from '../x509/certificate-list.ts';
import { findExtension } from '../x509/extension.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { CRL_REASON } from '../x509/extensions/reason-code.ts';
import { formatSerial } from '../x509/serial-number.ts';
import type { LintRule } from './rule.ts';

const KNOWN: ReadonlySet<number> = new Set(Object.values(CRL_REASON));

export const entryReasons: LintRule<TBSCertList> = {
  name: 'entry-reasons',
  clause: 'RFC 5280 §5.3.1',
  severity: 'error',
  *check({ revokedCertificates, crlExtensions }) {
    const isDelta = findExtension(crlExtensions, EXTENSIONS.deltaCRLIndicator.oid) !== undefined;
    for (const { userCertificate, crlEntryExtensions } of revokedCertificates) {
      if (crlEntryExtensions.length === 0) continue;
      const reason = extensionValue(crlEntryExtensions, EXTENSIONS.reasonCode);
      if (reason === undefined) continue;
      const isRemoval = reason === CRL_REASON.removeFromCRL;
      if (KNOWN.has(reason) && (isDelta || !isRemoval)) continue;
      const fault = isRemoval ? 'says removeFromCRL in a base CRL' : `has the unknown reason ${reason}`;
      yield `the entry ${formatSerial(userCertificate)} ${fault}`;
      // One is enough to refuse the list, which may be long.
      return;
    }
  },
};
