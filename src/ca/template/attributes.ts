/** Templates as objects of class pKICertificateTemplate. MS-CRTD 2. */
import { hresult } from '#hresult/hresult-error';
import type { DirectoryObject } from '../ports.ts';
import {
  DEFAULT_CSPS,
  INTEGERS,
  KNOWN,
  MAINTAINED,
  NAME_LISTS,
  OCTETS,
  OID_LISTS,
  PERIODS,
  RA_APPLICATION_POLICIES,
  SECURITY_DESCRIPTOR,
  STRINGS,
} from './attribute-names.ts';
import { AttributeReader, type AttributeValues } from './attribute-reader.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { decodePeriod, encodePeriod } from './period.ts';
import { isSamePermissions, permissionsOf, securityDescriptorFor } from './permissions.ts';
import { decodePseudoFields, encodeRaApplicationPolicies, hasPseudoAttributes } from './pseudo-attributes.ts';
import { decodeSecurityDescriptor, encodeSecurityDescriptor } from './security-descriptor.ts';

function encodeDescriptor(template: CertificateTemplate): Uint8Array[] {
  const { owner, permissions, securityDescriptor } = template;
  const base = securityDescriptor && decodeSecurityDescriptor(securityDescriptor);
  if (base && (base.owner ?? '') === owner && isSamePermissions(permissionsOf(base), permissions))
    return [securityDescriptor];
  if (!base && owner === '' && permissions.length === 0) return [];
  return [encodeSecurityDescriptor(securityDescriptorFor(owner, permissions, base))];
}

/**
 * The attributes to write. A field without values has an empty list, so that writing over an older object removes the
 * attribute (the contract of Directory.put).
 */
export function encodeTemplateAttributes(template: CertificateTemplate): Map<string, AttributeValues> {
  const attributes = new Map<string, AttributeValues>([['objectClass', ['top', 'pKICertificateTemplate']]]);
  for (const [name, values] of template.otherAttributes ?? [])
    if (!MAINTAINED.has(name.toLowerCase())) attributes.set(name, values);
  const put = (name: string, values: AttributeValues) => attributes.set(name, values);
  for (const [field, name] of Object.entries(STRINGS) as [keyof typeof STRINGS, string][])
    put(name, template[field] === '' ? [] : [template[field]]);
  // LDAP integers are signed 32-bit: 0x82000000 is written -2113929216.
  for (const [field, name] of Object.entries(INTEGERS) as [keyof typeof INTEGERS, string][])
    put(name, [String(template[field] | 0)]);
  for (const [field, name] of Object.entries({ ...OID_LISTS, ...NAME_LISTS }) as [
    keyof typeof OID_LISTS | keyof typeof NAME_LISTS,
    string,
  ][])
    put(name, [...template[field]]);
  put(OCTETS.keyUsage, template.keyUsage.length > 0 ? [template.keyUsage] : []);
  for (const [field, name] of Object.entries(PERIODS) as [keyof typeof PERIODS, string][])
    put(name, [encodePeriod(template[field])]);
  put(
    DEFAULT_CSPS,
    template.defaultCSPs.map((name, index) => `${index + 1},${name}`),
  );
  put(RA_APPLICATION_POLICIES, encodeRaApplicationPolicies(template));
  put(SECURITY_DESCRIPTOR, encodeDescriptor(template));
  return attributes;
}

function isSchemaVersion(value: number): value is CertificateTemplate['schemaVersion'] {
  return value === 1 || value === 2 || value === 3 || value === 4;
}

/** `n,Provider` by n; equal numbers stay in the order of the values. */
function decodeProviders(values: readonly string[]): string[] {
  return values
    .map((value) => {
      const match = /^\s*([0-9]{1,5})\s*,\s*([\s\S]*)$/.exec(value);
      if (!match) throw hresult('ERROR_INVALID_DATA', `${DEFAULT_CSPS} has the value "${value}"`);
      return { order: Number(match[1]), name: match[2]! };
    })
    .sort((a, b) => a.order - b.order)
    .map(({ name }) => name);
}

/** Throws ERROR_INVALID_DATA, naming the attribute, where the object is no template. */
export function decodeTemplateAttributes(object: DirectoryObject): CertificateTemplate {
  const reader = new AttributeReader(object);
  const required = <Value>(value: Value | undefined, name: string): Value => {
    if (value === undefined) throw hresult('ERROR_INVALID_DATA', `${object.distinguishedName} has no ${name}`);
    return value;
  };
  const count = (name: string): number => {
    const value = reader.integer(name) ?? 0;
    if (value < 0) throw hresult('ERROR_INVALID_DATA', `${name} is negative`);
    return value;
  };
  const bits = (name: string): number => (reader.integer(name) ?? 0) >>> 0;
  const cn = required(reader.string(STRINGS.cn), STRINGS.cn);
  // MS-CRTD 2.16: templates older than the attribute are of version 1.
  const schemaVersion = reader.integer(INTEGERS.schemaVersion) ?? 1;
  if (!isSchemaVersion(schemaVersion))
    throw hresult('ERROR_INVALID_DATA', `${INTEGERS.schemaVersion} is ${schemaVersion}`);
  const oid = reader.oids(STRINGS.oid)[0] ?? (schemaVersion === 1 ? '' : required<string>(undefined, STRINGS.oid));
  const privateKeyFlags = bits(INTEGERS.privateKeyFlags);
  const descriptorBytes = reader.octets(SECURITY_DESCRIPTOR);
  const descriptor = descriptorBytes && decodeSecurityDescriptor(descriptorBytes);
  const otherAttributes = new Map([...object.attributes].filter(([name]) => !KNOWN.has(name.toLowerCase())));
  return {
    cn,
    displayName: reader.string(STRINGS.displayName) ?? cn,
    schemaVersion,
    revision: count(INTEGERS.revision),
    minorRevision: count(INTEGERS.minorRevision),
    oid,
    flags: bits(INTEGERS.flags),
    nameFlags: bits(INTEGERS.nameFlags),
    enrollmentFlags: bits(INTEGERS.enrollmentFlags),
    privateKeyFlags,
    minimalKeySize: count(INTEGERS.minimalKeySize),
    defaultKeySpec: count(INTEGERS.defaultKeySpec),
    defaultCSPs: decodeProviders(reader.strings(DEFAULT_CSPS)),
    keyUsage: reader.octets(OCTETS.keyUsage) ?? new Uint8Array(),
    extendedKeyUsage: reader.oids(OID_LISTS.extendedKeyUsage),
    applicationPolicies: reader.oids(OID_LISTS.applicationPolicies),
    certificatePolicies: reader.oids(OID_LISTS.certificatePolicies),
    criticalExtensions: reader.oids(OID_LISTS.criticalExtensions),
    maxIssuingDepth: reader.integer(INTEGERS.maxIssuingDepth) ?? 0,
    expirationPeriod: decodePeriod(required(reader.octets(PERIODS.expirationPeriod), PERIODS.expirationPeriod)),
    overlapPeriod: decodePeriod(required(reader.octets(PERIODS.overlapPeriod), PERIODS.overlapPeriod)),
    raSignatures: count(INTEGERS.raSignatures),
    raPolicies: reader.oids(OID_LISTS.raPolicies),
    supersededTemplates: reader.strings(NAME_LISTS.supersededTemplates),
    ...(hasPseudoAttributes({ schemaVersion, privateKeyFlags })
      ? decodePseudoFields(reader.string(RA_APPLICATION_POLICIES))
      : { raApplicationPolicies: reader.oids(RA_APPLICATION_POLICIES) }),
    owner: descriptor?.owner ?? '',
    permissions: descriptor ? permissionsOf(descriptor) : [],
    ...(descriptorBytes ? { securityDescriptor: descriptorBytes } : {}),
    ...(otherAttributes.size > 0 ? { otherAttributes } : {}),
  };
}
