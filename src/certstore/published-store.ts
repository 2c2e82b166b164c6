import type { Directory, DirectoryObject } from '#ca/ports';
import { HresultError, hresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { type LdapUrl, parseLdapUrl } from '#pki/x509/ldap-url';
import { ListedStore, type StoreListing } from './listed-store.ts';
import type { CertificateStore, CrlEntry, DamagedEntry, StoreEntry } from './ports/certificate-store.ts';
import { sha1 } from './sha1.ts';

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
    return listingOf(found);
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

/** Values that are neither certificate nor CRL are damaged. */
function listingOf(values: readonly PublishedValue[]): StoreListing {
  const certificates = new Map<string, StoreEntry>();
  const crls = new Map<string, CrlEntry>();
  const damaged: DamagedEntry[] = [];
  const physicalStore = '.Directory';
  for (const { distinguishedName, attribute, value } of values) {
    const thumbprint = sha1(value);
    const kind = attribute.endsWith('Certificate') ? 'certificate' : 'crl';
    try {
      if (kind === 'crl') {
        const crl = decodeCertificateList(value);
        if (!crls.has(thumbprint)) crls.set(thumbprint, { index: crls.size, crl, thumbprint, physicalStore });
      } else if (!certificates.has(thumbprint)) {
        const certificate = decodeCertificate(value);
        const index = certificates.size;
        certificates.set(thumbprint, { index, certificate, thumbprint, properties: {}, physicalStore });
      }
    } catch (cause) {
      if (!(cause instanceof HresultError)) throw cause;
      const detail = `${attribute} of ${distinguishedName}: ${cause.message}`;
      damaged.push({ kind, thumbprint, error: hresult('ERROR_INVALID_DATA', detail, { cause }), physicalStore });
    }
  }
  // Active Directory publishes no CTLs.
  return { certificates: [...certificates.values()], crls: [...crls.values()], ctls: [], damaged };
}

function isSameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
