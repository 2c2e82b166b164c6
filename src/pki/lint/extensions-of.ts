import type { TBSCertificate } from '../x509/certificate.ts';
import type { TBSCertList } from '../x509/certificate-list.ts';
import type { Extension } from '../x509/extension.ts';

export function extensionsOf(tbs: TBSCertificate | TBSCertList): readonly Extension[] {
  return 'crlExtensions' in tbs ? tbs.crlExtensions : tbs.extensions;
}
