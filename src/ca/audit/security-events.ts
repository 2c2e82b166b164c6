/**
 * The security events of a certification authority: number, group of AuditFilter, fields in the order of the published
 * event manifest. Windows Server 2003 counted them 4096 lower (4883 was 787).
 */
import { AUDITFILTER } from '../config/registry-flags.ts';

export interface SecurityEvent {
  readonly id: number;
  readonly filter: number;
  readonly meaning: string;
  readonly fields: readonly string[];
}

function event<const F extends readonly string[]>(
  id: number,
  filter: number,
  meaning: string,
  fields: F,
): SecurityEvent & { readonly fields: F } {
  return { id, filter, meaning, fields };
}

const { STARTSTOP, CERTREQUESTS, CERTREVOCATIONANDCRLS, CASECURITY, KEYARCHIVAL, CACONFIG } = AUDITFILTER;
/** No filter leaves out that the filter was changed. */
export const ALWAYS = 0xffffffff;
const OUTCOME_FIELDS = [
  'RequestId',
  'Requester',
  'Attributes',
  'Disposition',
  'SubjectKeyIdentifier',
  'Subject',
] as const;

const TEMPLATE_FIELDS = [
  'TemplateInternalName',
  'TemplateVersion',
  'TemplateSchemaVersion',
  'TemplateOID',
  'TemplateDSObjectFQDN',
  'DCDNSName',
] as const;

export const SECURITY_EVENTS = {
  requestDenied: event(4868, CERTREQUESTS, 'The certificate manager denied a pending certificate request.', [
    'RequestId',
  ]),
  requestResubmitted: event(4869, CERTREQUESTS, 'Certificate Services received a resubmitted certificate request.', [
    'RequestId',
  ]),
  certificateRevoked: event(4870, CERTREVOCATIONANDCRLS, 'Certificate Services revoked a certificate.', [
    'CertificateSerialNumber',
    'RevocationReason',
  ]),
  crlRequested: event(
    4871,
    CERTREVOCATIONANDCRLS,
    'Certificate Services received a request to publish the certificate revocation list (CRL).',
    ['NextUpdate', 'NextPublishForBaseCRL', 'NextPublishForDeltaCRL'],
  ),
  crlPublished: event(
    4872,
    CERTREVOCATIONANDCRLS,
    'Certificate Services published the certificate revocation list (CRL).',
    ['IsBaseCRL', 'CRLNumber', 'KeyContainer', 'NextPublish', 'PublishURLs'],
  ),
  requestExtensionChanged: event(4873, CERTREQUESTS, 'A certificate request extension changed.', [
    'RequestId',
    'ExtensionName',
    'ExtensionDataType',
    'ExtensionPolicyFlags',
    'ExtensionData',
  ]),
  requestAttributesChanged: event(4874, CERTREQUESTS, 'One or more certificate request attributes changed.', [
    'RequestId',
    'Attributes',
  ]),
  serviceStarted: event(4880, STARTSTOP, 'Certificate Services started.', [
    'CertificateDatabaseHash',
    'PrivateKeyUsageCount',
    'CACertificateHash',
    'CAPublicKeyHash',
  ]),
  serviceStopped: event(4881, STARTSTOP, 'Certificate Services stopped.', [
    'CertificateDatabaseHash',
    'PrivateKeyUsageCount',
    'CACertificateHash',
    'CAPublicKeyHash',
  ]),
  securityChanged: event(4882, CASECURITY, 'The security permissions for Certificate Services changed.', [
    'SecuritySettings',
  ]),
  archivedKeyRetrieved: event(4883, KEYARCHIVAL, 'Certificate Services retrieved an archived key.', ['RequestId']),
  auditFilterChanged: event(4885, ALWAYS, 'The audit filter for Certificate Services changed.', ['AuditFilter']),
  requestReceived: event(4886, CERTREQUESTS, 'Certificate Services received a certificate request.', [
    'RequestId',
    'Requester',
    'Attributes',
  ]),
  requestIssued: event(
    4887,
    CERTREQUESTS,
    'Certificate Services approved a certificate request and issued a certificate.',
    OUTCOME_FIELDS,
  ),
  requestRefused: event(4888, CERTREQUESTS, 'Certificate Services denied a certificate request.', OUTCOME_FIELDS),
  requestPended: event(
    4889,
    CERTREQUESTS,
    'Certificate Services set the status of a certificate request to pending.',
    OUTCOME_FIELDS,
  ),
  officerRightsChanged: event(4890, CASECURITY, 'The certificate manager settings for Certificate Services changed.', [
    'EnableRestrictedPermissions',
    'RestrictedPermissions',
  ]),
  configurationChanged: event(4891, CACONFIG, 'A configuration entry changed in Certificate Services.', [
    'Node',
    'Entry',
    'Value',
  ]),
  propertyChanged: event(4892, CACONFIG, 'A property of Certificate Services changed.', [
    'PropertyName',
    'PropertyIndex',
    'PropertyType',
    'PropertyValue',
  ]),
  keyArchived: event(4893, KEYARCHIVAL, 'Certificate Services archived a key.', [
    'RequestId',
    'Requester',
    'KRAHashes',
  ]),
  caCertificatePublished: event(
    4895,
    CERTREVOCATIONANDCRLS,
    'Certificate Services published the CA certificate to Active Directory Domain Services.',
    ['CertificateHash', 'ValidFrom', 'ValidTo'],
  ),
  rowsDeleted: event(4896, CACONFIG, 'One or more rows have been deleted from the certificate database.', [
    'TableId',
    'Filter',
    'RowsDeleted',
  ]),
  templateLoaded: event(4898, CACONFIG, 'Certificate Services loaded a template.', [
    ...TEMPLATE_FIELDS,
    'TemplateContent',
    'SecurityDescriptor',
  ]),
  templateUpdated: event(4899, CACONFIG, 'A Certificate Services template was updated.', [
    ...TEMPLATE_FIELDS,
    'NewTemplateContent',
    'OldTemplateContent',
  ]),
  templateSecurityUpdated: event(4900, CACONFIG, 'Certificate Services template security was updated.', [
    ...TEMPLATE_FIELDS,
    'NewTemplateContent',
    'NewSecurityDescriptor',
    'OldTemplateContent',
    'OldSecurityDescriptor',
  ]),
  roleSeparationChanged: event(4897, CASECURITY, 'Role separation enabled.', ['RoleSeparationEnabled']),
} as const;

export type SecurityEventName = keyof typeof SECURITY_EVENTS;

const MEANINGS: ReadonlyMap<number, string> = new Map(
  Object.values<SecurityEvent>(SECURITY_EVENTS).map(({ id, meaning }) => [id, meaning]),
);

/** Empty for a number this table does not have. */
export function meaningOf(eventId: number): string {
  return MEANINGS.get(eventId) ?? '';
}

/** The number on Windows Server 2003, 772 to 801; undefined for the events it did not have (4898 to 4900). */
export function legacyEventId(eventId: number): number | undefined {
  return eventId >= 4868 && eventId <= 4897 ? eventId - 4096 : undefined;
}
