import type { Directory, DirectoryObject } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { type LdapUrl, parseLdapUrl } from '#pki/x509/ldap-url';
import { ListedStore, listingOf, type StoreListing } from './listed-store.ts';
import type { CertificateStore } from './ports/certificate-store.ts';

/** Attributes of Public Key Services and of accounts that hold certificates or CRLs, one a value. */
const ATTRIBUTES = [
  'cACertificate',
  'userCertificate',
  'certificateRevocationList',
  'authorityRevocationList',
  'deltaRevocationList',
] as const;

/**
 * The certificates and CRLs of directory objects as a store that is only read: those of the object an LDAP URL names, of
 * those directly below it (`one`), or of it and all below it (`sub`). The URL may name attributes and a filter of one
 * comparison, `objectClass=certificationAuthority`. Throws ERROR_INVALID_NAME, ERROR_NOT_SUPPORTED; its members
 * ERROR_DS_OBJ_NOT_FOUND.
 */
export function openPublishedStore(directory: Pick<Directory, 'object' | 'children'>, url: string): CertificateStore {
  const parsed = parseLdapUrl(url);
  const isWanted = filterOf(parsed.filter);
  const read = async () => {
    const found: PublishedValue[] = [];
    for await (const object of objectsOf(directory, parsed)) {
      if (isWanted(object)) found.push(...valuesOf(object, parsed.attributes));
    }
    return publishedListing(found);
  };
  return new ListedStore(url, read, {
    refused: 'What the directory publishes is not changed through a store.',
    hint: 'certutil -CRL publishes a CRL, certhaven kra the agents, certutil -SetCATemplates the templates; -enterprise adds to this machine only',
  });
}

interface PublishedValue {
  readonly distinguishedName: string;
  readonly attribute: string;
  readonly value: Uint8Array;
}

async function* objectsOf(
  directory: Pick<Directory, 'object' | 'children'>,
  { distinguishedName, scope }: LdapUrl,
): AsyncGenerator<DirectoryObject> {
  const base = await directory.object(distinguishedName);
  if (!base) {
    throw hresult('ERROR_DS_OBJ_NOT_FOUND', `The directory has no object ${distinguishedName}.`, {
      hint: 'certutil -DS lists the objects of Public Key Services',
    });
  }
  if (scope !== 'one') yield base;
  if (scope !== 'base') yield* below(directory, distinguishedName, scope === 'sub');
}

async function* below(
  directory: Pick<Directory, 'object' | 'children'>,
  container: string,
  isDeep: boolean,
): AsyncGenerator<DirectoryObject> {
  const byName = (a: DirectoryObject, b: DirectoryObject) => (a.distinguishedName < b.distinguishedName ? -1 : 1);
  for (const object of [...(await directory.children(container))].sort(byName)) {
    yield object;
    if (isDeep) yield* below(directory, object.distinguishedName, true);
  }
}

/** RFC 4515 §3: one `attribute=value` or `attribute=*`, in brackets or not; none is everything. */
function filterOf(text: string): (object: DirectoryObject) => boolean {
  if (text === '') return () => true;
  const [, attribute, value] = /^\(?([A-Za-z][A-Za-z0-9-]*)=([^()*\\]+|\*)\)?$/.exec(text) ?? [];
  if (attribute === undefined || value === undefined) {
    throw hresult('ERROR_NOT_SUPPORTED', `The filter ${text} is none of one comparison.`, {
      hint: 'Compare one attribute, as in objectClass=certificationAuthority.',
    });
  }
  return ({ attributes }) => {
    const [, values = []] = [...attributes].find(([name]) => isSameText(name, attribute)) ?? [];
    return value === '*'
      ? values.length > 0
      : values.some((each) => typeof each === 'string' && isSameText(each, value));
  };
}

function valuesOf({ distinguishedName, attributes }: DirectoryObject, wanted: readonly string[]): PublishedValue[] {
  const found: PublishedValue[] = [];
  for (const attribute of ATTRIBUTES) {
    if (wanted.length > 0 && !wanted.some((name) => isSameText(name, attribute))) continue;
    for (const value of attributes.get(attribute) ?? []) {
      // AD CS fills an attribute that must be there and has no value yet with one octet.
      if (value instanceof Uint8Array && value.length > 1) found.push({ distinguishedName, attribute, value });
    }
  }
  return found;
}

/** Values that are neither certificate nor CRL are damaged; Active Directory publishes no CTLs, and no properties. */
function publishedListing(values: readonly PublishedValue[]): StoreListing {
  const elements = values.map(({ attribute, distinguishedName, value }) => ({
    kind: attribute.endsWith('Certificate') ? ('certificate' as const) : ('crl' as const),
    encoded: value,
    properties: new Map<number, Uint8Array>(),
    where: `${attribute} of ${distinguishedName}`,
  }));
  return listingOf('.Directory', elements, (cause, { where }) =>
    hresult('ERROR_INVALID_DATA', `${where}: ${cause.message}`, { cause }),
  );
}

function isSameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
