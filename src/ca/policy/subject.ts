/** The subject of a certificate, built from the directory as the template's name flags ask. MS-WCCE 3.2.2.6.2.1.4.5.9. */
import { hresult } from '#hresult/hresult-error';
import { directoryGuid, type GeneralName, userPrincipalName } from '#pki/x509/general-name';
import { encodeName, type Name } from '#pki/x509/name';
import { parseName } from '#pki/x509/name-text';
import type { DirectoryPrincipal } from '../ports.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { hasFlag, nameFlag } from '../template/flags.ts';

export interface SubjectNames {
  readonly subject: Name;
  readonly subjectAltName: readonly GeneralName[];
  readonly upn: string | undefined;
}

const id_at_commonName = '2.5.4.3';
const id_emailAddress = '1.2.840.113549.1.9.1';

/** Throws CERTSRV_E_SUBJECT_EMAIL_REQUIRED, _UPN_REQUIRED, _DNS_REQUIRED, _DIRECTORY_GUID_REQUIRED where the directory lacks it. */
export function subjectFromDirectory(template: CertificateTemplate, principal: DirectoryPrincipal): SubjectNames {
  const asks = (flag: Parameters<typeof nameFlag>[0]) => hasFlag(template.nameFlags, nameFlag(flag));
  const subjectAltName: GeneralName[] = [];
  let upn: string | undefined;

  if (asks('CT_FLAG_SUBJECT_ALT_REQUIRE_DIRECTORY_GUID')) subjectAltName.push(directoryGuid(requireGuid(principal)));
  if (asks('CT_FLAG_SUBJECT_ALT_REQUIRE_UPN') || asks('CT_FLAG_SUBJECT_ALT_REQUIRE_SPN')) {
    upn = requireText(principal, 'userPrincipalName', 'CERTSRV_E_SUBJECT_UPN_REQUIRED');
    subjectAltName.push(userPrincipalName(upn));
  }
  if (asks('CT_FLAG_SUBJECT_ALT_REQUIRE_EMAIL')) {
    subjectAltName.push({
      type: 'rfc822Name',
      value: requireText(principal, 'mail', 'CERTSRV_E_SUBJECT_EMAIL_REQUIRED'),
    });
  }
  if (asks('CT_FLAG_SUBJECT_ALT_REQUIRE_DNS')) {
    subjectAltName.push({
      type: 'dNSName',
      value: requireText(principal, 'dNSHostName', 'CERTSRV_E_SUBJECT_DNS_REQUIRED'),
    });
  }
  if (asks('CT_FLAG_SUBJECT_ALT_REQUIRE_DOMAIN_DNS')) {
    const host = requireText(principal, 'dNSHostName', 'CERTSRV_E_SUBJECT_DNS_REQUIRED');
    subjectAltName.push({ type: 'dNSName', value: host.slice(host.indexOf('.') + 1) });
    subjectAltName.push({ type: 'dNSName', value: principal.accountName.split('\\')[0]! });
  }
  return { subject: distinguishedName(asks, principal), subjectAltName, upn };
}

function distinguishedName(
  asks: (flag: Parameters<typeof nameFlag>[0]) => boolean,
  principal: DirectoryPrincipal,
): Name {
  const rdns: { type: string; value: string }[][] = [];
  if (asks('CT_FLAG_SUBJECT_REQUIRE_DIRECTORY_PATH')) {
    for (const rdn of parseName(principal.object.distinguishedName).rdnSequence) {
      rdns.push(rdn.map(({ type, value }) => ({ type, value: value ?? '' })));
    }
  } else if (asks('CT_FLAG_SUBJECT_REQUIRE_COMMON_NAME')) {
    rdns.push([{ type: id_at_commonName, value: requireText(principal, 'cn', 'CERTSRV_E_BAD_REQUESTSUBJECT') }]);
  } else if (asks('CT_FLAG_SUBJECT_REQUIRE_DNS_AS_CN')) {
    rdns.push([
      { type: id_at_commonName, value: requireText(principal, 'dNSHostName', 'CERTSRV_E_SUBJECT_DNS_REQUIRED') },
    ]);
  }
  if (asks('CT_FLAG_SUBJECT_REQUIRE_EMAIL')) {
    rdns.push([{ type: id_emailAddress, value: requireText(principal, 'mail', 'CERTSRV_E_SUBJECT_EMAIL_REQUIRED') }]);
  }
  return encodeName(rdns);
}

type RequiredName =
  | 'CERTSRV_E_SUBJECT_UPN_REQUIRED'
  | 'CERTSRV_E_SUBJECT_EMAIL_REQUIRED'
  | 'CERTSRV_E_SUBJECT_DNS_REQUIRED'
  | 'CERTSRV_E_BAD_REQUESTSUBJECT';

function requireText(principal: DirectoryPrincipal, attribute: string, symbol: RequiredName): string {
  const value = principal.object.attributes.get(attribute)?.[0];
  if (typeof value === 'string' && value !== '') return value;
  throw hresult(symbol, `${principal.accountName} has no ${attribute} in the directory.`);
}

function requireGuid(principal: DirectoryPrincipal): Uint8Array {
  const value = principal.object.attributes.get('objectGUID')?.[0];
  if (value instanceof Uint8Array) return value;
  throw hresult(
    'CERTSRV_E_SUBJECT_DIRECTORY_GUID_REQUIRED',
    `${principal.accountName} has no objectGUID in the directory.`,
  );
}
