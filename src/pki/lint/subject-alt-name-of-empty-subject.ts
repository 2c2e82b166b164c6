import type { TBSCertificate } from '../x509/certificate.ts';
import { findExtension } from '../x509/extension.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { isEmptyName } from '../x509/name.ts';
import type { LintRule } from './rule.ts';

export const subjectAltNameOfEmptySubject: LintRule<TBSCertificate> = {
  name: 'subject-alt-name-of-empty-subject',
  clause: 'RFC 5280 §4.1.2.6, §4.2.1.6',
  severity: 'error',
  *check({ subject, extensions }) {
    if (!isEmptyName(subject)) return;
    if (extensionValue(extensions, EXTENSIONS.basicConstraints)?.cA) yield 'a CA certificate without subject';
    const altName = findExtension(extensions, EXTENSIONS.subjectAltName.oid);
    if (!altName) yield 'neither subject nor subject alternative name';
    else if (!altName.critical) yield 'the subject is empty and the subject alternative name is not critical';
  },
};
