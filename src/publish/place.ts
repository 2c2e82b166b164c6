import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hresult } from '#hresult/hresult-error';
import { parseLdapUrl } from '#pki/x509/ldap-url';

/** Where a publication URL leads. */
export type Place =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string }
  /** RFC 4516: an object of the directory and one attribute of it. */
  | {
      readonly kind: 'ldap';
      readonly distinguishedName: string;
      readonly attribute: string;
      readonly objectClass: string;
    };

/**
 * An absolute path, or a URL of the schemes file, http, https and ldap. Throws ERROR_NOT_SUPPORTED for another scheme,
 * ERROR_INVALID_NAME for a path that would begin wherever the command was typed.
 */
export function parsePlace(place: string): Place {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(place)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return { kind: 'file', path: absolutePath(place) };
    case 'file':
      return { kind: 'file', path: filePath(place) };
    case 'http':
    case 'https':
      return { kind: 'http', url: place };
    case 'ldap':
      return ldapPlace(place);
    default:
      throw hresult('ERROR_NOT_SUPPORTED', `Nothing is published to or fetched from ${place}.`);
  }
}

function absolutePath(path: string): string {
  if (isAbsolute(path)) return path;
  throw hresult('ERROR_INVALID_NAME', `${path} is no absolute path of this machine.`);
}

/** `file://host/path` names another machine's share, which is reached by a path of this one or not at all. */
function filePath(place: string): string {
  try {
    return fileURLToPath(place);
  } catch (cause) {
    throw hresult('ERROR_BAD_NETPATH', `${place} is no file of this machine.`, { cause });
  }
}

function ldapPlace(place: string): Place {
  const { distinguishedName, attributes, filter } = parseLdapUrl(place);
  return {
    kind: 'ldap',
    distinguishedName,
    attribute: attributes[0] ?? '',
    objectClass: filter.replace(/^\(?objectClass=|\)$/gi, ''),
  };
}
