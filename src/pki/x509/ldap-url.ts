import { hresult } from '#hresult/hresult-error';

/** RFC 4516: an object of the directory, and what of it and of those below it is meant. */
export interface LdapUrl {
  readonly distinguishedName: string;
  /** Without options: `;binary` selects an encoding, not another attribute (RFC 4522). */
  readonly attributes: readonly string[];
  readonly scope: 'base' | 'one' | 'sub';
  /** As it stands in the URL, percent-encoding undone; empty where there is none. */
  readonly filter: string;
}

/** The host is not looked at: there is one directory. Throws ERROR_INVALID_NAME. */
export function parseLdapUrl(url: string): LdapUrl {
  const match = /^ldap:\/\/[^/]*\/([^?]*)(?:\?([^?]*))?(?:\?([^?]*))?(?:\?([^?]*))?(?:\?.*)?$/i.exec(url);
  const scope = (match?.[3] || 'base').toLowerCase();
  if (!match || (scope !== 'base' && scope !== 'one' && scope !== 'sub')) {
    throw hresult('ERROR_INVALID_NAME', `${url} is no LDAP URL.`, {
      hint: 'ldap:///DistinguishedName?attribute?base|one|sub?filter',
    });
  }
  const attributes = (match[2] ?? '').split(',').map((name) => decodePercent(name).replace(/;.*$/, '').trim());
  return {
    distinguishedName: decodePercent(match[1]!),
    attributes: attributes.filter((name) => name !== '' && name !== '*'),
    scope,
    filter: decodePercent(match[4] ?? ''),
  };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw hresult('ERROR_INVALID_NAME', `Bad percent-encoding in ${text}.`, { cause });
  }
}
