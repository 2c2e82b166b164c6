/**
 * The extensions of a policy INF (certreq -policy): what a certification authority above may bind one below, or another's, to.
 * Names of sections and keys as CAPolicy.inf and Policy.inf have them.
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import { encodeDer } from '#pki/asn1/der-writer';
import { isOid } from '#pki/asn1/object-identifier';
import type { Extension } from '#pki/x509/extension';
import { cpsQualifier, type PolicyInformation, userNoticeQualifier } from '#pki/x509/extensions/certificate-policies';
import { EXTENSIONS, type ExtensionRow } from '#pki/x509/extensions/extension-table';
import type { GeneralSubtree } from '#pki/x509/extensions/name-constraints';
import type { PolicyConstraints } from '#pki/x509/extensions/policy-constraints';
import type { PolicyMapping } from '#pki/x509/extensions/policy-mappings';
import type { GeneralName } from '#pki/x509/general-name';
import { parseAlternativeNames, parseIpAddress } from './alternative-names.ts';
import { InfError } from './inf-error.ts';
import { type InfFile, type InfLine, isSameWord } from './inf-file.ts';
import { boolean, number, text } from './inf-values.ts';

/** In the order of the sections below. Throws InfError. */
export function readPolicyExtensions(inf: InfFile): Extension[] {
  return [
    nameConstraints(inf),
    policies(inf, 'PolicyStatementExtension', EXTENSIONS.certificatePolicies),
    mappings(inf, 'PolicyMappingsExtension', EXTENSIONS.policyMappings),
    constraints(inf, 'PolicyConstraintsExtension', EXTENSIONS.policyConstraints),
    policies(inf, 'ApplicationPolicyStatementExtension', EXTENSIONS.applicationPolicies),
    mappings(inf, 'ApplicationPolicyMappingsExtension', EXTENSIONS.applicationPolicyMappings),
    constraints(inf, 'ApplicationPolicyConstraintsExtension', EXTENSIONS.applicationPolicyConstraints),
    crossCertificates(inf),
  ].filter((extension) => extension !== undefined);
}

/** The sections that others name: a policy's, a list of names. */
export function namedSections(inf: InfFile): string[] {
  const naming = [
    ...inf.lines('PolicyStatementExtension').filter(({ key }) => isSameWord(key, 'Policies')),
    ...inf.lines('ApplicationPolicyStatementExtension').filter(({ key }) => isSameWord(key, 'Policies')),
    ...inf.lines('NameConstraintsExtension').filter(({ key }) => !isSameWord(key, 'Critical')),
  ];
  return naming.flatMap(({ fields }) => fields);
}

/** Each line but `Critical` goes to `read`; undefined where the section is not there. */
function extension<T>(
  inf: InfFile,
  section: string,
  row: ExtensionRow<T>,
  read: (lines: readonly InfLine[]) => T,
): Extension | undefined {
  if (!inf.has(section)) return undefined;
  const lines = inf.lines(section);
  const said = lines.find(({ key }) => isSameWord(key, 'Critical'));
  const critical = said ? boolean(inf, said) : row.criticalByDefault;
  if (said && !critical && row.criticality === 'must') throw inf.refusal(said, `${row.clause} has it critical.`);
  const value = read(lines.filter((line) => line !== said));
  return { extnID: row.oid, critical, extnValue: encodeDer(row.codec.encode(value)) };
}

function policies(inf: InfFile, section: string, row: ExtensionRow<readonly PolicyInformation[]>) {
  return extension(inf, section, row, (lines) => {
    const found = lines.flatMap((line) => {
      if (!isSameWord(line.key, 'Policies')) throw inf.fault(line, 'is no key of this section.', 'Policies, Critical.');
      return line.fields.map((name) => policy(inf, line, name));
    });
    return requireSome(inf, section, found);
  });
}

function policy(inf: InfFile, naming: InfLine, name: string): PolicyInformation {
  if (!inf.has(name)) throw inf.fault(naming, `names [${name}], which is not in the file.`);
  let policyIdentifier: string | undefined;
  const qualifiers = inf.lines(name).flatMap((line) => {
    if (isSameWord(line.key, 'Notice')) return [userNoticeQualifier(text(inf, line))];
    if (isSameWord(line.key, 'URL')) return [cpsQualifier(text(inf, line))];
    if (!isSameWord(line.key, 'OID')) throw inf.fault(line, 'is no key of a policy.', 'OID, Notice, URL.');
    policyIdentifier = oid(inf, line, text(inf, line));
    return [];
  });
  if (policyIdentifier === undefined) throw inf.fault(naming, `names [${name}], which has no OID.`);
  return { policyIdentifier, ...(qualifiers.length > 0 ? { policyQualifiers: qualifiers } : {}) };
}

/** `issuer's policy = subject's policy`. */
function mappings(inf: InfFile, section: string, row: ExtensionRow<readonly PolicyMapping[]>) {
  return extension(inf, section, row, (lines) =>
    requireSome(
      inf,
      section,
      lines.map((line) => ({
        issuerDomainPolicy: oid(inf, line, line.key),
        subjectDomainPolicy: oid(inf, line, text(inf, line)),
      })),
    ),
  );
}

function constraints(inf: InfFile, section: string, row: ExtensionRow<PolicyConstraints>) {
  return extension(inf, section, row, (lines) => {
    const value: { requireExplicitPolicy?: number; inhibitPolicyMapping?: number } = {};
    for (const line of lines) {
      if (isSameWord(line.key, 'RequireExplicitPolicy')) value.requireExplicitPolicy = number(inf, line);
      else if (isSameWord(line.key, 'InhibitPolicyMapping')) value.inhibitPolicyMapping = number(inf, line);
      else
        throw inf.fault(line, 'is no key of this section.', 'RequireExplicitPolicy, InhibitPolicyMapping, Critical.');
    }
    requireSome(inf, section, Object.values(value));
    return value;
  });
}

function nameConstraints(inf: InfFile) {
  const section = 'NameConstraintsExtension';
  return extension(inf, section, EXTENSIONS.nameConstraints, (lines) => {
    const permittedSubtrees: GeneralSubtree[] = [];
    const excludedSubtrees: GeneralSubtree[] = [];
    for (const line of lines) {
      const isInclude = isSameWord(line.key, 'Include');
      if (!isInclude && !isSameWord(line.key, 'Exclude'))
        throw inf.fault(line, 'is no key of this section.', 'Include, Exclude, Critical.');
      for (const name of line.fields) {
        if (!inf.has(name)) throw inf.fault(line, `names [${name}], which is not in the file.`);
        const bases = inf.lines(name).map((entry) => ({ base: subtreeBase(inf, entry) }));
        (isInclude ? permittedSubtrees : excludedSubtrees).push(...bases);
      }
    }
    requireSome(inf, section, [...permittedSubtrees, ...excludedSubtrees]);
    return {
      ...(permittedSubtrees.length > 0 ? { permittedSubtrees } : {}),
      ...(excludedSubtrees.length > 0 ? { excludedSubtrees } : {}),
    };
  });
}

/** RFC 5280 §4.2.1.10: an address stands with its mask. An empty DNS or mail name means all there are. */
function subtreeBase(inf: InfFile, line: InfLine): GeneralName {
  try {
    const tag = line.key.toLowerCase();
    if (tag === 'ipaddress') {
      const [address, mask, ...more] = line.fields;
      if (!address || !mask || more.length > 0) throw hresult('ERROR_INVALID_DATA', 'An address and its mask.');
      const value = Uint8Array.of(...parseIpAddress(address), ...parseIpAddress(mask));
      if (value.length !== 8 && value.length !== 32)
        throw hresult('ERROR_INVALID_DATA', 'Address and mask are not of one kind.');
      return { type: 'iPAddress', value };
    }
    const value = text(inf, line);
    if (value === '' && tag === 'dns') return { type: 'dNSName', value };
    if (value === '' && tag === 'email') return { type: 'rfc822Name', value };
    const [only] = parseAlternativeNames(`${line.key}=${value}`);
    return only!;
  } catch (error) {
    if (!(error instanceof HresultError) || error instanceof InfError) throw error;
    throw inf.fault(line, `is not understood: ${error.detail ?? error.message}`, error.hint);
  }
}

function crossCertificates(inf: InfFile) {
  const section = 'CrossCertificateDistributionPointsExtension';
  return extension(inf, section, EXTENSIONS.crossCertDistPoints, (lines) => {
    let syncDeltaTime: number | undefined;
    const urls: GeneralName[] = [];
    for (const line of lines) {
      if (isSameWord(line.key, 'SyncDeltaTime')) syncDeltaTime = number(inf, line);
      else if (isSameWord(line.key, 'URL')) urls.push({ type: 'uniformResourceIdentifier', value: text(inf, line) });
      else throw inf.fault(line, 'is no key of this section.', 'SyncDeltaTime, URL, Critical.');
    }
    return { syncDeltaTime, crossCertDistPointNames: [requireSome(inf, section, urls)] };
  });
}

function oid(inf: InfFile, line: InfLine, value: string): string {
  if (isOid(value)) return value;
  throw inf.fault(line, `has "${value}", which is no object identifier.`);
}

function requireSome<T>(inf: InfFile, section: string, list: readonly T[]): readonly T[] {
  if (list.length > 0) return list;
  throw new InfError('ERROR_INVALID_PARAMETER', `${inf.name}([${section}])`, undefined, `[${section}] says nothing.`);
}
