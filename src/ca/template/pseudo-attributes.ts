/** The second syntax of msPKI-RA-Application-Policies: name`type`value` triplets in one string. MS-CRTD 2.23.2. */
import { hresult } from '#hresult/hresult-error';
import { checkOid } from './attribute-reader.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { hasFlag, privateKeyFlag } from './flags.ts';

/** PZPWSTR is text, DWORD a number. */
export type PseudoAttributes = ReadonlyMap<string, string | number>;

const LIMIT = 64;

/** Throws ERROR_INVALID_DATA. */
export function parsePseudoAttributes(text: string): Map<string, string | number> {
  const attributes = new Map<string, string | number>();
  const parts = text.split('`');
  // The string ends with a back-tick, so the last part is empty.
  if (parts.pop() !== '' || parts.length % 3 !== 0 || parts.length > 3 * LIMIT)
    throw hresult('ERROR_INVALID_DATA', 'msPKI-RA-Application-Policies is no list of name, type and value');
  for (let i = 0; i < parts.length; i += 3) {
    const [name, type, value] = [parts[i]!, parts[i + 1]!, parts[i + 2]!];
    if (attributes.has(name)) throw hresult('ERROR_INVALID_DATA', `${name} stands twice`);
    if (type === 'PZPWSTR') attributes.set(name, value);
    else if (type === 'DWORD' && /^[0-9]{1,10}$/.test(value) && Number(value) <= 0xffffffff)
      attributes.set(name, Number(value));
    else throw hresult('ERROR_INVALID_DATA', `${name} has the type "${type}" and the value "${value}"`);
  }
  return attributes;
}

/** In the order of the names, as Windows writes them. Throws ERROR_INVALID_PARAMETER for text with a back-tick. */
export function formatPseudoAttributes(attributes: PseudoAttributes): string {
  let text = '';
  for (const [name, value] of [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (`${name}${value}`.includes('`')) throw hresult('ERROR_INVALID_PARAMETER', `${name} holds a back-tick`);
    text += `${name}\`${typeof value === 'number' ? 'DWORD' : 'PZPWSTR'}\`${value}\``;
  }
  return text;
}

const PSEUDO = {
  raApplicationPolicies: 'msPKI-RA-Application-Policies',
  asymmetricAlgorithm: 'msPKI-Asymmetric-Algorithm',
  hashAlgorithm: 'msPKI-Hash-Algorithm',
  symmetricAlgorithm: 'msPKI-Symmetric-Algorithm',
  symmetricKeyLength: 'msPKI-Symmetric-Key-Length',
  keyUsageProperty: 'msPKI-Key-Usage',
  keySecurityDescriptor: 'msPKI-Key-Security-Descriptor',
} as const;

/** Version 3, and 4 unless it uses a CSP (MS-CRTD 2.23): these keep the cryptography fields in pseudo-attributes. */
export function hasPseudoAttributes(template: Pick<CertificateTemplate, 'schemaVersion' | 'privateKeyFlags'>): boolean {
  if (template.schemaVersion === 3) return true;
  const legacy = hasFlag(template.privateKeyFlags, privateKeyFlag('CT_FLAG_USE_LEGACY_PROVIDER'));
  return template.schemaVersion === 4 && !legacy;
}

/** The values of msPKI-RA-Application-Policies, in the syntax of the template's version. */
export function encodeRaApplicationPolicies(template: CertificateTemplate): string[] {
  if (!hasPseudoAttributes(template)) return [...template.raApplicationPolicies];
  const pseudo = new Map(template.otherPseudoAttributes);
  if (template.raApplicationPolicies.length > 0)
    pseudo.set(PSEUDO.raApplicationPolicies, template.raApplicationPolicies.join(','));
  for (const field of [
    'asymmetricAlgorithm',
    'hashAlgorithm',
    'symmetricAlgorithm',
    'symmetricKeyLength',
    'keyUsageProperty',
    'keySecurityDescriptor',
  ] as const) {
    const value = template[field];
    if (value !== undefined) pseudo.set(PSEUDO[field], value);
  }
  return pseudo.size > 0 ? [formatPseudoAttributes(pseudo)] : [];
}

type PseudoFields = Pick<
  CertificateTemplate,
  | 'raApplicationPolicies'
  | 'asymmetricAlgorithm'
  | 'hashAlgorithm'
  | 'symmetricAlgorithm'
  | 'symmetricKeyLength'
  | 'keyUsageProperty'
  | 'keySecurityDescriptor'
  | 'otherPseudoAttributes'
>;

/** The fields that one string of triplets holds. Throws ERROR_INVALID_DATA. */
export function decodePseudoFields(text: string | undefined): PseudoFields {
  const pseudo = text === undefined ? new Map<string, string | number>() : parsePseudoAttributes(text);
  const take = (name: string) => {
    const value = pseudo.get(name);
    pseudo.delete(name);
    return value;
  };
  const str = <Field extends string>(field: Field, name: string): { [F in Field]?: string } => {
    const value = take(name);
    if (typeof value === 'number') throw hresult('ERROR_INVALID_DATA', `${name} is no text`);
    return (value === undefined ? {} : { [field]: value }) as { [F in Field]?: string };
  };
  const dword = <Field extends string>(field: Field, name: string): { [F in Field]?: number } => {
    const value = take(name);
    if (typeof value === 'string') throw hresult('ERROR_INVALID_DATA', `${name} is no number`);
    return (value === undefined ? {} : { [field]: value }) as { [F in Field]?: number };
  };
  const policies = str('list', PSEUDO.raApplicationPolicies).list ?? '';
  const fields = {
    raApplicationPolicies: policies
      .split(',')
      .filter((oid) => oid !== '')
      .map((oid) => checkOid(oid, PSEUDO.raApplicationPolicies)),
    ...str('asymmetricAlgorithm', PSEUDO.asymmetricAlgorithm),
    ...str('hashAlgorithm', PSEUDO.hashAlgorithm),
    ...str('symmetricAlgorithm', PSEUDO.symmetricAlgorithm),
    ...dword('symmetricKeyLength', PSEUDO.symmetricKeyLength),
    ...dword('keyUsageProperty', PSEUDO.keyUsageProperty),
    ...str('keySecurityDescriptor', PSEUDO.keySecurityDescriptor),
  };
  return pseudo.size > 0 ? { ...fields, otherPseudoAttributes: pseudo } : fields;
}
