/**
 * The decoded text of every extension that is known, one row each: what certutil prints under the extension's name. The
 * texts are those of published dumps (Microsoft's enrollment samples and transcripts of certutil); where none shows an
 * extension the line is ours in their manner.
 */
import { formatHex } from '#pki/asn1/bytes';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { id_qt_cps, id_qt_unotice } from '#pki/asn1/oid-table';
import { TAG } from '#pki/asn1/tag';
import type { AccessDescription } from '#pki/x509/extensions/authority-information-access';
import type { AuthorityKeyIdentifier } from '#pki/x509/extensions/authority-key-identifier';
import type { CertificatePolicies, PolicyQualifierInfo } from '#pki/x509/extensions/certificate-policies';
import type { CertificateTemplate } from '#pki/x509/extensions/certificate-template';
import type { CrossCertDistPoints } from '#pki/x509/extensions/cross-cert-distribution-points';
import type { DistributionPoint } from '#pki/x509/extensions/distribution-point';
import { EXTENSIONS, type ExtensionRow } from '#pki/x509/extensions/extension-table';
import type { IssuingDistributionPoint } from '#pki/x509/extensions/issuing-distribution-point';
import type { GeneralSubtree, NameConstraints } from '#pki/x509/extensions/name-constraints';
import type { PolicyConstraints } from '#pki/x509/extensions/policy-constraints';
import type { PolicyMapping } from '#pki/x509/extensions/policy-mappings';
import type { SMIMECapability } from '#pki/x509/extensions/smime-capabilities';
import { orUndefined } from '#pki/x509/readable-extension';
import { formatSerial } from '#pki/x509/serial-number';
import { crlReasonText } from './crl-reason.ts';
import { distributionPointNameLines, generalNameLines, generalNamesLines, indented } from './general-name.ts';
import { formatLongDate } from './long-date.ts';
import { keyUsageText, reasonFlagsText } from './named-bits.ts';
import { spacedHex } from './octets.ts';
import { oidName, purposeText } from './oid-text.ts';
import type { Page } from './page.ts';

export interface ExtensionText {
  /** The line above the text; the display name of the OID table where it is left out. */
  readonly title?: string;
  /** What is to be printed. Throws Asn1Error where the value is malformed. */
  decode(extnValue: Uint8Array): (page: Page) => string[] | Promise<string[]>;
}

function text<T>(
  row: ExtensionRow<T>,
  lines: (value: T, page: Page) => string[] | Promise<string[]>,
  title?: string,
): readonly [oid: string, text: ExtensionText] {
  const decode = (extnValue: Uint8Array) => {
    const value = row.codec.decode(extnValue);
    return (page: Page) => lines(value, page);
  };
  return [row.oid, title === undefined ? { decode } : { title, decode }];
}

const TEXTS: ReadonlyMap<string, ExtensionText> = new Map([
  text(EXTENSIONS.subjectKeyIdentifier, (keyIdentifier) => [formatHex(keyIdentifier)]),
  text(EXTENSIONS.keyUsage, (usage) => [keyUsageText(usage)]),
  text(EXTENSIONS.subjectAltName, generalNamesLines),
  text(EXTENSIONS.issuerAltName, generalNamesLines),
  text(EXTENSIONS.basicConstraints, ({ cA, pathLenConstraint }) => [
    `Subject Type=${cA ? 'CA' : 'End Entity'}`,
    `Path Length Constraint=${pathLenConstraint ?? 'None'}`,
  ]),
  text(EXTENSIONS.cRLNumber, (number) => [`CRL Number=${numberHex(number)}`]),
  text(EXTENSIONS.reasonCode, (reason) => [`${crlReasonText(reason)} (${reason})`]),
  text(EXTENSIONS.deltaCRLIndicator, (number) => [`Minimum Base CRL Number=${numberHex(number)}`]),
  text(EXTENSIONS.issuingDistributionPoint, issuingDistributionPointLines),
  text(EXTENSIONS.nameConstraints, nameConstraintsLines),
  text(EXTENSIONS.cRLDistributionPoints, pointLines('CRL Distribution Point')),
  text(EXTENSIONS.certificatePolicies, policyLines('Certificate Policy')),
  text(EXTENSIONS.policyMappings, mappingLines),
  text(EXTENSIONS.authorityKeyIdentifier, authorityKeyIdentifierLines),
  text(EXTENSIONS.policyConstraints, policyConstraintsLines),
  text(EXTENSIONS.extKeyUsage, (purposes) => purposes.map(purposeText)),
  text(EXTENSIONS.freshestCRL, pointLines('Freshest CRL')),
  text(EXTENSIONS.inhibitAnyPolicy, (count) => [`Inhibit Any Policy Skip Certs=${count}`]),
  text(EXTENSIONS.authorityInfoAccess, accessLines('Authority Info Access')),
  text(EXTENSIONS.subjectInfoAccess, accessLines('Subject Info Access')),
  text(EXTENSIONS.ocspNocheck, () => ['Revocation of this certificate is not checked']),
  text(EXTENSIONS.sMIMECapabilities, smimeCapabilitiesLines),
  text(EXTENSIONS.enrollCertType, (name) => [name], 'Certificate Template Name (Certificate Type)'),
  text(EXTENSIONS.certificateTemplate, templateLines),
  text(EXTENSIONS.applicationPolicies, policyLines('Application Certificate Policy')),
  text(EXTENSIONS.applicationPolicyMappings, mappingLines),
  text(EXTENSIONS.applicationPolicyConstraints, policyConstraintsLines),
  text(EXTENSIONS.crossCertDistPoints, crossCertificateLines),
  text(EXTENSIONS.ntdsCaSecurity, (sid) => ['Other Name:', ...indented([`NTDS Object SID=${sid}`])]),
  text(EXTENSIONS.caVersion, ({ certIndex, keyIndex }) => [`V${certIndex}.${keyIndex}`]),
  text(EXTENSIONS.previousCaCertHash, (hash) => [formatHex(hash)]),
  text(EXTENSIONS.crlVirtualBase, (number) => [`CRL Number=${numberHex(number)}`]),
  text(EXTENSIONS.crlNextPublish, (date, page) => [formatLongDate(date, page.style)]),
  text(EXTENSIONS.crlSelfCDP, pointLines('Locations')),
]);

export function extensionText(extnID: string): ExtensionText | undefined {
  return TEXTS.get(extnID);
}

/** The octets of the INTEGER, as CryptFormatObject prints CRL numbers. */
function numberHex(number: bigint): string {
  const digits = (number < 0n ? -number : number).toString(16);
  return `${number < 0n ? '-' : ''}${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}

/** S/MIME's attribute of signers has the same type (RFC 8551 §2.5.2). */
export function smimeCapabilitiesLines(capabilities: readonly SMIMECapability[]): string[] {
  return capabilities.flatMap(({ capabilityID, parameters }, i) => [
    `[${i + 1}]SMIME Capability`,
    ...indented([
      `Object ID=${capabilityID}`,
      ...(parameters === undefined ? [] : [`Parameters=${spacedHex(parameters)}`]),
    ]),
  ]);
}

function authorityKeyIdentifierLines(value: AuthorityKeyIdentifier): string[] {
  const { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber } = value;
  return [
    ...(keyIdentifier ? [`KeyID=${formatHex(keyIdentifier)}`] : []),
    ...(authorityCertIssuer ? ['Certificate Issuer:', ...indented(generalNamesLines(authorityCertIssuer))] : []),
    ...(authorityCertSerialNumber ? [`Certificate SerialNumber=${formatSerial(authorityCertSerialNumber)}`] : []),
  ];
}

function pointLines(label: string): (points: readonly DistributionPoint[]) => string[] {
  return (points) =>
    points.flatMap(({ distributionPoint, reasons, cRLIssuer }, i) => [
      `[${i + 1}]${label}`,
      ...indented([
        ...(distributionPoint ? distributionPointNameLines(distributionPoint) : []),
        ...(reasons === undefined ? [] : [`CRL Reason=${reasonFlagsText(reasons)}`]),
        ...(cRLIssuer ? ['CRL Issuer:', ...indented(generalNamesLines(cRLIssuer))] : []),
      ]),
    ]);
}

function crossCertificateLines({ syncDeltaTime, crossCertDistPointNames }: CrossCertDistPoints): string[] {
  return [
    ...(syncDeltaTime === undefined ? [] : [`Delta Sync Time=${syncDeltaTime} Seconds`]),
    ...crossCertDistPointNames.flatMap((names, i) => [
      `[${i + 1}]Cross-Certificate Distribution Point`,
      ...indented(generalNamesLines(names)),
    ]),
  ];
}

function issuingDistributionPointLines(value: IssuingDistributionPoint): string[] {
  const yes = (flag: boolean | undefined) => (flag ? 'Yes' : 'No');
  return [
    ...(value.distributionPoint ? distributionPointNameLines(value.distributionPoint) : []),
    `Only Contains User Certs=${yes(value.onlyContainsUserCerts)}`,
    `Only Contains CA Certs=${yes(value.onlyContainsCACerts)}`,
    `Indirect CRL=${yes(value.indirectCRL)}`,
    ...(value.onlyContainsAttributeCerts ? ['Only Contains Attribute Certs=Yes'] : []),
    ...(value.onlySomeReasons === undefined ? [] : [`Only Some Reasons=${reasonFlagsText(value.onlySomeReasons)}`]),
  ];
}

function nameConstraintsLines({ permittedSubtrees, excludedSubtrees }: NameConstraints): string[] {
  return [...subtreeLines('Permitted', permittedSubtrees), ...subtreeLines('Excluded', excludedSubtrees)];
}

function subtreeLines(label: string, subtrees: readonly GeneralSubtree[] | undefined): string[] {
  if (!subtrees) return [`${label}=None`];
  const each = subtrees.flatMap(({ base, minimum, maximum }, i) => [
    `[${i + 1}]Subtrees (${minimum ?? 0}..${maximum ?? 'Max'}):`,
    ...indented(generalNameLines(base)),
  ]);
  return [label, ...indented(each)];
}

function policyLines(label: string): (policies: CertificatePolicies) => string[] {
  return (policies) =>
    policies.flatMap(({ policyIdentifier, policyQualifiers = [] }, i) => [
      `[${i + 1}]${label}:`,
      ...indented([
        `Policy Identifier=${oidName(policyIdentifier) ?? policyIdentifier}`,
        ...policyQualifiers.flatMap((qualifier, j) => [
          `[${i + 1},${j + 1}]Policy Qualifier Info:`,
          ...indented(qualifierLines(qualifier)),
        ]),
      ]),
    ]);
}

function qualifierLines({ policyQualifierId, qualifier }: PolicyQualifierInfo): string[] {
  const label = `Policy Qualifier Id=${oidName(policyQualifierId) ?? policyQualifierId}`;
  return [label, 'Qualifier:', ...indented([qualifierText(policyQualifierId, qualifier)])];
}

function qualifierText(policyQualifierId: string, qualifier: Uint8Array): string {
  const readable = orUndefined(() => {
    if (policyQualifierId === id_qt_cps) return decodeWhole(qualifier, (reader) => reader.string(TAG.IA5_STRING));
    return policyQualifierId === id_qt_unotice ? noticeText(qualifier) : undefined;
  });
  return readable ?? spacedHex(qualifier);
}

/** RFC 5280 §4.2.1.4: UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }. */
function noticeText(qualifier: Uint8Array): string | undefined {
  return decodeWhole(qualifier, (reader) => {
    const fields = reader.sequence();
    if (fields.peek() === TAG.SEQUENCE) fields.skip();
    const explicitText = fields.atEnd ? undefined : fields.string();
    fields.finish();
    return explicitText === undefined ? undefined : `Notice Text=${explicitText}`;
  });
}

function mappingLines(mappings: readonly PolicyMapping[]): string[] {
  return mappings.flatMap(({ issuerDomainPolicy, subjectDomainPolicy }, i) => [
    `[${i + 1}]Issuer Domain=${oidName(issuerDomainPolicy) ?? issuerDomainPolicy}`,
    ...indented([`Subject Domain=${oidName(subjectDomainPolicy) ?? subjectDomainPolicy}`]),
  ]);
}

function policyConstraintsLines({ requireExplicitPolicy, inhibitPolicyMapping }: PolicyConstraints): string[] {
  return [
    ...(requireExplicitPolicy === undefined ? [] : [`Required Explicit Policy Skip Certs=${requireExplicitPolicy}`]),
    ...(inhibitPolicyMapping === undefined ? [] : [`Inhibit Policy Mapping Skip Certs=${inhibitPolicyMapping}`]),
  ];
}

function accessLines(label: string): (descriptions: readonly AccessDescription[]) => string[] {
  return (descriptions) =>
    descriptions.flatMap(({ accessMethod, accessLocation }, i) => [
      `[${i + 1}]${label}`,
      ...indented([
        `Access Method=${oidName(accessMethod) ?? 'Unknown Access Method'} (${accessMethod})`,
        'Alternative Name:',
        ...indented(generalNameLines(accessLocation)),
      ]),
    ]);
}

async function templateLines(value: CertificateTemplate, { ports }: Page): Promise<string[]> {
  const { templateID, templateMajorVersion, templateMinorVersion } = value;
  const known = await ports.template?.(templateID);
  return [
    `Template=${known ? `${known.displayName}(${templateID})` : templateID}`,
    ...(templateMajorVersion === undefined ? [] : [`Major Version Number=${templateMajorVersion}`]),
    ...(templateMinorVersion === undefined ? [] : [`Minor Version Number=${templateMinorVersion}`]),
  ];
}
