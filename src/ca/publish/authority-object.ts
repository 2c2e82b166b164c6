import type { Directory } from '../ports.ts';

/** One of a CA in the directory: its certificates, and those between it and others. */
export interface AuthorityObject {
  readonly place: string;
  readonly cn: string;
}

/** Adds to an object of class certificationAuthority, which is made where there is none. */
export async function addToAuthorityObject(
  directory: Directory,
  { place, cn }: AuthorityObject,
  attribute: 'cACertificate' | 'crossCertificatePair',
  value: Uint8Array,
): Promise<void> {
  if (await directory.object(place)) return directory.addValues(place, attribute, [value]);
  await directory.put(
    place,
    new Map<string, readonly (string | Uint8Array)[]>([
      ['objectClass', ['top', 'certificationAuthority']],
      ['cn', [cn]],
      [attribute, [value]],
    ]),
  );
}
