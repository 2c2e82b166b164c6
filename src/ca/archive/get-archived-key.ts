/**
 * The certificate manager's half of key recovery: the archived key, still sealed to its agents, signed by the CA with all
 * the certificates a recovery needs. MS-CSRA 3.1.4.2.9, document 004 "Recovery BLOB Structure".
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { octetString } from '#pki/asn1/der-writer';
import { id_data, szOID_ARCHIVED_KEY_CERT_HASH } from '#pki/asn1/oid-table';
import { attributeOf } from '#pki/cms/attribute';
import { identifiesCertificate, issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { decodeEnvelopedData, type EnvelopedData } from '#pki/cms/enveloped-data';
import { namedRecipients } from '#pki/cms/open';
import { signData } from '#pki/cms/sign';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import type { RecoveryRecipient } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { recordedCertificate } from '../issue/certificate-row.ts';
import { kraStore } from '../kra/kra-store.ts';
import { caChain, issuerChain } from '../request/outcome.ts';
import { authorize } from '../roles/authorize.ts';
import { requireOfficerOf } from '../roles/officer-restrictions.ts';
import { parseKeyRecoveryHashes } from '../schema/key-recovery-hashes.ts';
import type { RequestRow } from '../schema/requests.ts';
import { RECOVERABLE } from './recoverable.ts';

/**
 * Throws ERROR_ACCESS_DENIED, CERTSRV_E_PROPERTY_EMPTY (no such request, or no key archived with it),
 * CERTSRV_E_BAD_REQUESTSTATUS (not issued), CERTSRV_E_RESTRICTEDOFFICER, CRYPT_E_NOT_FOUND (an agent's certificate has left
 * the KRA store), ERROR_INVALID_DATA (the row was damaged).
 */
export async function getArchivedKey(
  authority: Authority,
  officer: Caller,
  requestId: number,
): Promise<{ recoveryBlob: Uint8Array; recipients: readonly RecoveryRecipient[] }> {
  const { clock, database, engine } = authority.ports;
  const attempt = { event: 'archivedKeyRetrieved', values: [requestId] } as const;
  const configuration = await authorize(authority, officer, ['Officer'], attempt);
  const { row, certificate, issuers } = await requireArchivedKey(authority, requestId);
  await requireOfficerOf(authority, officer, configuration, row, attempt);
  const agents = await kraStore(authority.ports);
  const hashes = parseKeyRecoveryHashes(row.KeyRecoveryHashes ?? '');
  const kraCertificates = hashes.map((hash) => {
    const found = agents.get(hash);
    if (found) return found;
    throw hresult('CRYPT_E_NOT_FOUND', `Key recovery certificate ${hash} is not in the machine's KRA store.`, {
      hint: 'add it again: certutil -addstore KRA <file>',
    });
  });
  const recipients = describeRecipients(row, agents);
  if (!recipients.every(({ thumbprint = '' }) => hashes.includes(thumbprint))) throw damagedKey(row);
  const { current } = authority;
  const recoveryBlob = await signData({
    eContentType: id_data,
    eContent: row.RawArchivedKey!,
    signers: [
      {
        signer: current.key,
        sid: issuerAndSerialNumberOf(current.certificate),
        scheme: current.scheme,
        signedAttributes: [
          attributeOf(szOID_ARCHIVED_KEY_CERT_HASH, octetString(await engine.digest('sha1', certificate.raw))),
        ],
      },
    ],
    certificates: distinct([
      certificate.raw,
      ...issuers,
      ...caChain(authority),
      ...kraCertificates.map(({ raw }) => raw),
    ]),
    engine,
  });
  // Nobody has the BLOB before it is on record that he asked for it.
  await database.commit([
    ...audit({ time: clock.now(), subject: officer.accountName, configuration }, 'archivedKeyRetrieved', [requestId]),
  ]);
  return { recoveryBlob, recipients };
}

/** Who could open it, without taking it. */
export async function recoveryRecipients(
  authority: Authority,
  officer: Caller,
  requestId: number,
): Promise<readonly RecoveryRecipient[]> {
  const configuration = await authorize(authority, officer, ['Officer']);
  const { row } = await requireArchivedKey(authority, requestId);
  await requireOfficerOf(authority, officer, configuration, row);
  return describeRecipients(row, await kraStore(authority.ports));
}

async function requireArchivedKey(
  authority: Authority,
  requestId: number,
): Promise<{ row: RequestRow; certificate: Certificate; issuers: readonly Uint8Array[] }> {
  const { database, engine } = authority.ports;
  const row = await database.request(requestId);
  if (!row?.RawArchivedKey) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `No key is archived with request ${requestId}.`);
  const certificateRow = await database.certificate(requestId);
  const raw = await recordedCertificate(certificateRow, engine);
  if (!RECOVERABLE.includes(row.Disposition ?? -1) || !raw) {
    throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${requestId} is not issued.`);
  }
  return { row, certificate: decodeCertificate(raw), issuers: issuerChain(authority, certificateRow) };
}

function describeRecipients(row: RequestRow, agents: ReadonlyMap<string, Certificate>): readonly RecoveryRecipient[] {
  const known = [...agents];
  return namedRecipients(decodeArchivedKey(row)).map(({ type, rid }) => {
    const named = 'issuerAndSerialNumber' in rid ? rid.issuerAndSerialNumber : undefined;
    const agent = known.find(([, certificate]) => identifiesCertificate(rid, certificate));
    return {
      type,
      issuer: named ? formatName(named.issuer) : '',
      serialNumber: named ? formatSerial(named.serialNumber) : '',
      subject: agent && formatName(agent[1].tbsCertificate.subject),
      thumbprint: agent?.[0],
    };
  });
}

function decodeArchivedKey(row: RequestRow): EnvelopedData {
  try {
    return decodeEnvelopedData(row.RawArchivedKey!);
  } catch (error) {
    if (error instanceof HresultError) throw damagedKey(row, error);
    throw error;
  }
}

/** Of what is encrypted only the agent can tell: his key then opens nothing, or another key than the certificate's. */
function damagedKey({ RequestID }: RequestRow, cause?: HresultError): HresultError {
  return hresult('ERROR_INVALID_DATA', `The archived key of request ${RequestID} is damaged.`, {
    hint: 'restore the database from a backup',
    cause,
  });
}

function distinct(certificates: readonly Uint8Array[]): Uint8Array[] {
  const seen = new Map(certificates.map((raw) => [formatHex(raw), raw]));
  return [...seen.values()];
}
