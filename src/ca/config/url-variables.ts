/** The %-tokens of CRLPublicationURLs and CACertPublicationURLs. MS-CSRA 3.1.1.8 with its product note, Windows' AD CS documentation. */
import { hresult } from '#hresult/hresult-error';
import { sanitizeName, sanitizeShortName } from './sanitized-name.ts';

export interface UrlVariables {
  readonly serverName: string;
  readonly commonName: string;
  readonly configurationDN: string;
  /** Index of the CA certificate, and of its key. */
  readonly certificateIndex: number;
  readonly keyIndex: number;
  readonly isDelta: boolean;
}

/** One entry: what it is for (CSURL_ bits) and its template. */
export interface PublicationUrl {
  readonly flags: number;
  readonly url: string;
}

/** `65:/path/%3%8%9.crl`. Throws ERROR_INVALID_DATA for an entry without its number. */
export function parsePublicationUrl(entry: string): PublicationUrl {
  const match = /^\s*([0-9]+):(.*)$/s.exec(entry);
  if (!match) throw hresult('ERROR_INVALID_DATA', `Publication entry '${entry}' has no 'flags:' before its location.`);
  return { flags: Number(match[1]), url: match[2]! };
}

export function expandUrl(url: string, variables: UrlVariables): string {
  const { serverName, commonName, configurationDN, certificateIndex, keyIndex, isDelta } = variables;
  const suffix = (index: number) => (index === 0 ? '' : `(${index})`);
  const values: Readonly<Record<string, string>> = {
    1: serverName,
    2: serverName.split('.')[0]!,
    3: sanitizeName(commonName),
    4: suffix(certificateIndex),
    6: configurationDN,
    7: sanitizeShortName(commonName),
    8: suffix(keyIndex),
    9: isDelta ? '+' : '',
    10: '?certificateRevocationList?base?objectClass=cRLDistributionPoint',
    11: '?cACertificate?base?objectClass=certificationAuthority',
  };
  // Longest token first: %10 is not %1 and a zero. Tokens without a meaning stay as they are.
  const expanded = url.replace(/%(1[01]|[1-9])/g, (token, number: string) => values[number] ?? token);
  return /^(?:https?|ldap|file):/i.test(url) ? expanded.replaceAll(' ', '%20') : expanded;
}
