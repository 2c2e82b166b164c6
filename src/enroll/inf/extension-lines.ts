/** The extensions that an INF asks for: [Extensions], [EnhancedKeyUsageExtension] and [BasicConstraintsExtension]. */
import { HresultError } from '#hresult/hresult-error';
import { decodeBase64 } from '#pki/asn1/base64';
import { parseHex } from '#pki/asn1/bytes';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { type Der, encodeDer } from '#pki/asn1/der-writer';
import { isOid } from '#pki/asn1/object-identifier';
import {
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  szOID_APPLICATION_CERT_POLICIES,
} from '#pki/asn1/oid-table';
import type { Extension } from '#pki/x509/extension';
import { encodeBasicConstraints } from '#pki/x509/extensions/basic-constraints';
import { encodeCertificatePolicies } from '#pki/x509/extensions/certificate-policies';
import { encodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { encodeAltName } from '#pki/x509/extensions/subject-alt-name';
import { parseAlternativeNames } from './alternative-names.ts';
import { type InfFile, type InfLine, isSameWord } from './inf-file.ts';
import { boolean, number, text } from './inf-values.ts';

export interface RequestedExtensions {
  /** In the order of the file. */
  readonly extensions: readonly Extension[];
  /** Those with an empty value: a default of this kind is left out. */
  readonly removed: readonly string[];
  /** Those to be critical, defaults among them. */
  readonly critical: ReadonlySet<string>;
}

/** Throws InfError. */
export function readExtensionSections(inf: InfFile): RequestedExtensions {
  const extensions: Extension[] = [];
  const removed: string[] = [];
  const purposes = readEnhancedKeyUsage(inf);
  if (purposes) extensions.push(purposes);
  const constraints = readBasicConstraints(inf);
  if (constraints) extensions.push(constraints);
  const critical = criticalOids(inf);
  for (const line of inf.lines('Extensions')) {
    if (isSameWord(line.key, 'Critical')) continue;
    if (!isOid(line.key)) throw inf.fault(line, 'is no object identifier.');
    if (extensions.some(({ extnID }) => extnID === line.key) || removed.includes(line.key)) {
      throw inf.fault(line, 'asks for an extension a second time.');
    }
    const value = line.fields.join(',');
    if (value === '') removed.push(line.key);
    else
      extensions.push({ extnID: line.key, critical: critical.has(line.key), extnValue: parseValue(inf, line, value) });
  }
  return { extensions, removed, critical };
}

function criticalOids(inf: InfFile): Set<string> {
  const oids = new Set<string>();
  for (const line of inf.lines('Extensions')) {
    if (!isSameWord(line.key, 'Critical')) continue;
    for (const field of line.fields) {
      if (!isOid(field)) throw inf.fault(line, `has "${field}", which is no object identifier.`);
      oids.add(field);
    }
  }
  return oids;
}

function readEnhancedKeyUsage(inf: InfFile): Extension | undefined {
  const purposes: string[] = [];
  let critical = false;
  for (const line of inf.lines('EnhancedKeyUsageExtension')) {
    if (isSameWord(line.key, 'Critical')) critical = boolean(inf, line);
    else if (!isSameWord(line.key, 'OID')) throw inf.fault(line, 'is no key of this section.');
    else {
      for (const field of line.fields) {
        if (!isOid(field)) throw inf.fault(line, `has "${field}", which is no object identifier.`);
        purposes.push(field);
      }
    }
  }
  if (purposes.length === 0) return undefined;
  return { extnID: id_ce_extKeyUsage, critical, extnValue: encodeDer(encodeExtendedKeyUsage(purposes)) };
}

function readBasicConstraints(inf: InfFile): Extension | undefined {
  if (!inf.has('BasicConstraintsExtension')) return undefined;
  let pathLenConstraint: number | undefined;
  let critical = true;
  for (const line of inf.lines('BasicConstraintsExtension')) {
    if (isSameWord(line.key, 'Critical')) critical = boolean(inf, line);
    else if (!isSameWord(line.key, 'PathLength')) throw inf.fault(line, 'is no key of this section.');
    else if (!isSameWord(text(inf, line), 'None')) pathLenConstraint = number(inf, line);
  }
  const extnValue = encodeDer(encodeBasicConstraints({ cA: true, pathLenConstraint }));
  return { extnID: id_ce_basicConstraints, critical, extnValue };
}

/** `{text}…` for the extensions that have such a form, `{hex}…` or base 64 for the DER of any. */
function parseValue(inf: InfFile, line: InfLine, value: string): Uint8Array {
  try {
    const [, form, rest = ''] = /^\{(text|hex)\}(.*)$/is.exec(value) ?? [];
    if (form?.toLowerCase() === 'text') return encodeDer(parseText(line.key, rest));
    const der = form === undefined ? decodeBase64(value) : parseHex(rest);
    return decodeWhole(der, (reader) => reader.element());
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    throw inf.fault(line, `is not understood: ${error.detail ?? error.message}`, error.hint);
  }
}

function parseText(extnID: string, value: string): Der {
  switch (extnID) {
    case id_ce_subjectAltName:
      return encodeAltName(requireSome(parseAlternativeNames(value)));
    case id_ce_extKeyUsage:
      return encodeExtendedKeyUsage(oidList(value));
    case szOID_APPLICATION_CERT_POLICIES:
    case id_ce_certificatePolicies:
      return encodeCertificatePolicies(oidList(value).map((policyIdentifier) => ({ policyIdentifier })));
    case id_ce_basicConstraints:
      return parseBasicConstraints(value);
    default:
      throw invalid('This extension has no form as text.', 'Write {hex} or base 64 of its DER.');
  }
}

function parseBasicConstraints(value: string): Der {
  const pairs = new Map(
    value
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', digits = ''] = part.split('=');
        return [name.trim().toLowerCase(), digits.trim()] as const;
      }),
  );
  const cA = pairs.get('ca');
  const pathLength = pairs.get('pathlength');
  const isKnown = [...pairs.keys()].every((name) => name === 'ca' || name === 'pathlength');
  if (!isKnown || (cA !== '0' && cA !== '1') || (pathLength !== undefined && !/^[0-9]{1,3}$/.test(pathLength))) {
    throw invalid('Basic constraints are written ca=1&pathlength=0.');
  }
  return encodeBasicConstraints({
    cA: cA === '1',
    pathLenConstraint: pathLength === undefined ? undefined : Number(pathLength),
  });
}

function oidList(value: string): string[] {
  const oids = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const bad = oids.find((oid) => !isOid(oid));
  if (bad !== undefined) throw invalid(`"${bad}" is no object identifier.`);
  return requireSome(oids);
}

function requireSome<T>(list: T[]): T[] {
  if (list.length === 0) throw invalid('The list is empty.');
  return list;
}

function invalid(detail: string, hint?: string): HresultError {
  return new HresultError('ERROR_INVALID_DATA', detail, { hint });
}
