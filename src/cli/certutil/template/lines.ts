/** One certificate template as `certutil -Template` prints it, in the order of EnrollmentTemplateProperty. */
import type { Directory } from '#ca/ports';
import type { TemplateRight } from '#ca/template/access';
import type { CertificateTemplate } from '#ca/template/certificate-template';
import { ENROLLMENT_FLAGS, GENERAL_FLAGS, generalFlag, hasFlag, NAME_FLAGS } from '#ca/template/flags';
import { formatPeriod } from '#ca/template/period';
import { formatSddl } from '#ca/template/sddl';
import { decodeSecurityDescriptor } from '#ca/template/security-descriptor';
import { accountName } from '../text/account-name.ts';
import { dwordText, flagLines, type NamedBit } from '../text/dword-text.ts';
import { objectIdLines } from '../text/object-id-lines.ts';
import { privateKeyFlagLines } from './private-key-flag-lines.ts';

const KEY_SPECS: Readonly<Record<number, string>> = { 1: 'AT_KEYEXCHANGE', 2: 'AT_SIGNATURE' };

export function templateHeading(template: CertificateTemplate, index: number): string[] {
  return [
    `  Template[${index}]:`,
    `  TemplatePropCommonName = ${template.cn}`,
    `  TemplatePropFriendlyName = ${template.displayName}`,
  ];
}

/** What -v adds. The encoded extensions of TemplatePropExtensions are left out: requests get them from the CA. */
export async function templateDetails(template: CertificateTemplate, directory: Directory): Promise<string[]> {
  const { asymmetricAlgorithm, hashAlgorithm, symmetricAlgorithm, symmetricKeyLength } = template;
  return [
    ...list('EKUs', template.extendedKeyUsage),
    ...providerLines(template.defaultCSPs),
    property('MajorRevision', dwordText(template.revision)),
    property('Description', hasFlag(template.flags, generalFlag('CT_FLAG_MACHINE_TYPE')) ? 'Computer' : 'User'),
    property('KeySpec', `${template.defaultKeySpec} -- ${KEY_SPECS[template.defaultKeySpec] ?? 'XCN_AT_NONE'}`),
    property('SchemaVersion', dwordText(template.schemaVersion)),
    property('MinorRevision', dwordText(template.minorRevision)),
    property('RASignatureCount', dwordText(template.raSignatures)),
    property('MinimumKeySize', dwordText(template.minimalKeySize)),
    property('OID', ''),
    `    ${template.oid}${template.schemaVersion > 1 ? ` ${template.displayName}` : ''}`,
    '',
    ...(template.supersededTemplates.length > 0
      ? [property('Supersede', ''), ...template.supersededTemplates.map((name, index) => `    ${index}: ${name}`), '']
      : []),
    ...list('RACertificatePolicies', template.raPolicies),
    ...list('RAEKUs', template.raApplicationPolicies),
    ...list('CertificatePolicies', template.certificatePolicies),
    ...list('V1ApplicationPolicy', template.applicationPolicies),
    ...text('AsymmetricAlgorithm', asymmetricAlgorithm),
    ...text('SymmetricAlgorithm', symmetricAlgorithm),
    ...text('SymmetricKeyLength', symmetricKeyLength === undefined ? undefined : dwordText(symmetricKeyLength)),
    ...text('HashAlgorithm', hashAlgorithm),
    ...flags('EnrollmentFlags', template.enrollmentFlags, ENROLLMENT_FLAGS),
    ...flags('SubjectNameFlags', template.nameFlags, NAME_FLAGS),
    property('PrivateKeyFlags', dwordText(template.privateKeyFlags)),
    ...privateKeyFlagLines(template.privateKeyFlags),
    '',
    ...flags('GeneralFlags', template.flags, GENERAL_FLAGS),
    ...(await securityLines(template, directory)),
    property('ValidityPeriod', formatPeriod(template.expirationPeriod)),
    property('RenewalPeriod', formatPeriod(template.overlapPeriod)),
  ];
}

function property(name: string, value: string): string {
  return `  TemplateProp${name} =${value && ` ${value}`}`;
}

function list(name: string, oids: readonly string[]): string[] {
  return oids.length === 0 ? [] : [property(name, ''), ...objectIdLines(oids)];
}

function text(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [property(name, value)];
}

function flags(name: string, value: number, bits: readonly NamedBit[]): string[] {
  return [property(name, dwordText(value)), ...flagLines(value, bits), ''];
}

function providerLines(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [property('CryptoProviders', ''), ...names.map((name, index) => `    ${index}: ${name}`), ''];
}

/** The rights as certutil names them, in the order in which it lists them. */
const RIGHTS: readonly (readonly [right: TemplateRight, name: string])[] = [
  ['enroll', 'Enroll'],
  ['autoenroll', 'Auto-Enroll'],
  ['fullControl', 'Full Control'],
  ['write', 'Write'],
  ['read', 'Read'],
];

async function securityLines(template: CertificateTemplate, directory: Directory): Promise<string[]> {
  const descriptor = template.securityDescriptor;
  const sddl = descriptor && formatSddl(decodeSecurityDescriptor(descriptor), directory.domain.sid);
  const lines = sddl === undefined ? [] : [property('SecurityDescriptor', sddl), ''];
  for (const kind of ['deny', 'allow'] as const) {
    for (const [right, name] of RIGHTS) {
      for (const access of template.permissions) {
        if (access.type !== kind || !access.rights.includes(right)) continue;
        const account = await accountName(access.sid, directory);
        lines.push(`    ${kind === 'allow' ? 'Allow' : 'Deny'} ${name}\t${account}`);
      }
    }
  }
  return [...lines, ''];
}
