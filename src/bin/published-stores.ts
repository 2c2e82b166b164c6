/** What the directory publishes, as certificate stores. */
import type { Directory, DirectoryPrincipal } from '#ca/ports';
import type { CertificateStore } from '#certstore/ports/certificate-store';
import { openPublishedStore } from '#certstore/published-store';
import { hresult, isHresult } from '#hresult/hresult-error';

/** The containers that Windows copies into the stores of the enterprise. */
const PUBLISHED: ReadonlyMap<string, string> = new Map([
  ['NTAuth', 'CN=NTAuthCertificates,<services>?cACertificate?base?objectClass=certificationAuthority'],
  ['Root', 'CN=Certification Authorities,<services>?cACertificate?one?objectClass=certificationAuthority'],
  ['CA', 'CN=AIA,<services>?cACertificate?one?objectClass=certificationAuthority'],
]);

/** Answers undefined for a store that the directory publishes nothing for, and for all of them where there is no domain. */
export function publishedForEnterprise(directory: Directory): (name: string) => CertificateStore | undefined {
  const configurationDN = configurationOf(directory);
  return (name) => {
    const place = configurationDN === undefined ? undefined : PUBLISHED.get(name);
    const services = `CN=Public Key Services,CN=Services,${configurationDN}`;
    return place === undefined
      ? undefined
      : openPublishedStore(directory, ldapUrl(place.replace('<services>', services)));
  };
}

function configurationOf(directory: Directory): string | undefined {
  try {
    return directory.configurationDN;
  } catch (error) {
    if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN')) return undefined;
    throw error;
  }
}

/** `ldap:` alone is the caller's own object. Throws ERROR_INVALID_NAME. */
export async function publishedStore(
  url: string,
  directory: Directory,
  caller: () => Promise<Pick<DirectoryPrincipal, 'object'>>,
): Promise<CertificateStore> {
  if (!/^ldap:$/i.test(url)) return openPublishedStore(directory, url);
  const { distinguishedName } = (await caller()).object;
  return openPublishedStore(directory, ldapUrl(`${distinguishedName}?userCertificate`));
}

/** The account of this machine. Throws ERROR_NONE_MAPPED. */
export async function machineAccount(directory: Directory, machineName: string): Promise<DirectoryPrincipal> {
  const account = `${directory.domain.netbiosName}\\${machineName.split('.')[0]!.toUpperCase()}$`;
  const found = (await directory.findPrincipals(account)).find(({ kind }) => kind === 'computer');
  if (found) return found;
  throw hresult('ERROR_NONE_MAPPED', `The directory has no account ${account}.`, {
    hint: 'Give -user for your own object, or name one: ldap:///DistinguishedName',
  });
}

/** Names may hold what parts a URL. */
function ldapUrl(place: string): string {
  const [name = '', ...rest] = place.split('?');
  return `ldap:///${[encodeURIComponent(name), ...rest].join('?')}`;
}
