/** What a certificate manager changes in a request that waits. MS-CSRA 3.1.4.1.1 SetExtension, 3.1.4.1.2 SetAttributes. */
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { isOid } from '#pki/asn1/object-identifier';
import { parseRequestAttributes, requireRequestAttributes } from '#pki/cmc/name-value-pairs';
import { extensionRow } from '#pki/x509/extensions/extension-table';
import type { ExtensionSetting } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { isAdministrators } from '../policy/administrator-extensions.ts';
import type { Write } from '../ports.ts';
import { type Attempt, authorize } from '../roles/authorize.ts';
import { requireOfficerOf } from '../roles/officer-restrictions.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { EXTENSION_FLAG_CRITICAL, EXTENSION_FLAG_DISABLED, EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import type { RequestRow } from '../schema/requests.ts';
import { isTemplateAttribute } from './requested-template.ts';
import { requireDisposition, requireRow } from './require-request.ts';
import { storedIntake } from './stored-intake.ts';
import { templateOf } from './work.ts';

/** As the manifest of event 4873 counts them: PROPTYPE_LONG and its like. */
const PROPTYPE: Readonly<Record<ExtensionSetting['dataType'], number>> = { long: 1, date: 2, binary: 3, string: 4 };

/**
 * Adds attributes, or gives them new values; policy judges them when the request is resubmitted. Throws
 * CERTSRV_E_BAD_REQUESTSTATUS unless it waits, CERTSRV_E_PROPERTY_EMPTY, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER;
 * CERTSRV_E_TEMPLATE_CONFLICT for another template than the request itself names, which resubmitting could only deny.
 */
export async function setAttributes(
  authority: Authority,
  officer: Caller,
  requestId: number,
  attributes: string,
): Promise<void> {
  const pairs = parseRequestAttributes(attributes);
  const text = pairs.map(([name, value]) => `${name}:${value}`).join('; ');
  const attempt = { event: 'requestAttributesChanged', values: [requestId, text] } as const;
  const { configuration, row } = await requireWaiting(authority, officer, requestId, attempt);
  if (requireRequestAttributes(attributes).length === 0) {
    throw hresult('ERROR_INVALID_PARAMETER', 'There are no attributes to be set.', {
      hint: 'write Name:Value, several parted by \\n',
    });
  }
  if (authority.enterprise && pairs.some(([name]) => isTemplateAttribute(name)))
    await templateOf(authority, await storedIntake(authority.ports, row, pairs));
  await commit(authority, officer, configuration, requestId, attempt, [
    ...pairs.map(
      ([name, value]): Write => ({
        insert: 'Attributes',
        row: { AttributeRequestId: requestId, AttributeName: name, AttributeValue: value },
      }),
    ),
  ]);
}

/**
 * Sets an extension that the certificate will have beside those that policy decides, or takes away one of the request's.
 * Throws as setAttributes; ERROR_ACCESS_DENIED also where the template or the CA decides the extension; Asn1Error for a value
 * that is not DER, or not what an extension of this kind holds.
 */
export async function setExtension(
  authority: Authority,
  officer: Caller,
  requestId: number,
  extension: ExtensionSetting,
): Promise<void> {
  const { extnID, critical, disabled, extnValue, dataType } = extension;
  const flags = (critical ? EXTENSION_FLAG_CRITICAL : 0) | (disabled ? EXTENSION_FLAG_DISABLED : 0);
  const values = [requestId, extnID, PROPTYPE[dataType], flags, formatHex(extnValue)];
  const attempt = { event: 'requestExtensionChanged', values } as const;
  const { configuration, row } = await requireWaiting(authority, officer, requestId, attempt);
  if (!isOid(extnID)) {
    throw hresult('CRYPT_E_OID_FORMAT', `"${extnID}" is no object identifier.`, {
      hint: 'write it in digits and dots: 1.3.6.1.4.1.311.21.8.1',
    });
  }
  if (!disabled) {
    decodeWhole(extnValue, (reader) => reader.skip());
    extensionRow(extnID)?.codec.decode(extnValue);
  }
  const template = authority.enterprise
    ? await templateOf(authority, await storedIntake(authority.ports, row))
    : undefined;
  if (!isAdministrators(extnID, template)) {
    throw hresult(
      'ERROR_ACCESS_DENIED',
      `${extnID} is decided by ${template ? `template ${template.cn}` : 'the CA'}.`,
      {
        hint: 'choose or change the template: what it decides, no request and no manager does',
      },
    );
  }
  await commit(authority, officer, configuration, requestId, attempt, [
    {
      insert: 'Extensions',
      row: {
        ExtensionRequestId: requestId,
        ExtensionName: extnID,
        ExtensionFlags: flags | EXTENSION_ORIGIN.ADMIN,
        ExtensionRawValue: extnValue,
      },
    },
  ]);
}

async function requireWaiting(
  authority: Authority,
  officer: Caller,
  requestId: number,
  attempt: Attempt,
): Promise<{ configuration: Configuration; row: RequestRow }> {
  const configuration = await authorize(authority, officer, ['Officer'], attempt);
  const row = await requireRow(authority, requestId);
  await requireOfficerOf(authority, officer, configuration, row, attempt);
  requireDisposition(row, [DB_DISP.PENDING]);
  return { configuration, row };
}

async function commit(
  { ports: { clock, database } }: Authority,
  officer: Caller,
  configuration: Configuration,
  RequestID: number,
  { event, values }: Attempt,
  changes: readonly Write[],
): Promise<void> {
  await database.commit([
    // Whoever decided the request meanwhile decided it as it was.
    { update: 'Requests', RequestID, set: {}, whenDisposition: [DB_DISP.PENDING] },
    ...changes,
    ...audit({ time: clock.now(), subject: officer.accountName, configuration }, event, values),
  ]);
}
