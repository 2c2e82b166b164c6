/** The answer to a request, read from its rows: the same for the first answer and for every later retrieval. */
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { buildFullResponse, type FullResponseOutcome } from '#pki/cmc/full-response';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import type { RequestOutcome } from '../api.ts';
import type { Authority } from '../authority.ts';
import type { CurrentCa } from '../ca-certificate.ts';
import { issuerNameId, recordedCertificate } from '../issue/certificate-row.ts';
import type { CertificateRow } from '../schema/certificates.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';
import { encryptedKeyHashOf } from './encrypted-key-hash.ts';

/** Without a full response no signature is spent on it. Throws CERTSRV_E_PROPERTY_EMPTY for a number no request has, ERROR_INVALID_DATA for a damaged row. */
export async function outcomeOf(
  authority: Authority,
  requestId: number,
  wantsFullResponse = true,
): Promise<RequestOutcome> {
  const { database } = authority.ports;
  const row = await database.request(requestId);
  if (row === undefined)
    throw hresult('CERTSRV_E_PROPERTY_EMPTY', `There is no request ${requestId}.`, {
      hint: 'certreq -submit told its number; certutil -view lists the requests',
    });
  const disposition = dispositionOf(row);
  const certificateRow = disposition === 'issued' ? await database.certificate(requestId) : undefined;
  const certificate = await recordedCertificate(certificateRow, authority.ports.engine);
  const issuers = issuerChain(authority, certificateRow);
  const chain = certificate && [certificate, ...issuers];
  return {
    requestId,
    disposition,
    statusCode: row.StatusCode ?? 0,
    dispositionMessage: row.DispositionMessage ?? '',
    certificate,
    certificateChain: chain && encodeCertsOnly(chain),
    fullResponse: wantsFullResponse
      ? await fullResponse(authority, row, disposition, { certificate, issuers })
      : undefined,
  };
}

function dispositionOf(row: RequestRow): RequestOutcome['disposition'] {
  switch (row.Disposition) {
    case DB_DISP.ISSUED:
    case DB_DISP.REVOKED:
    case DB_DISP.FOREIGN:
      return 'issued';
    case DB_DISP.PENDING:
    case DB_DISP.ACTIVE:
      return 'pending';
    case DB_DISP.DENIED:
      return 'denied';
    default:
      return 'error';
  }
}

/** The certificate of the CA that a row's was issued under, and what stands above it: a CA that was renewed has several. */
export function issuerChain(authority: Authority, row: CertificateRow | undefined): Uint8Array[] {
  const issuer = authority.certificates.find((own) => issuerNameId(own) === row?.IssuerNameID);
  return caChain({ current: issuer ?? authority.current });
}

/** The signing certificate and what stands above it; a root stands alone. */
export function caChain({ current }: { readonly current: Pick<CurrentCa, 'certificate'> }): Uint8Array[] {
  return [current.certificate.raw];
}

/** RFC 5272 §3.2 as MS-WCCE 2.2.2.8 narrows it. */
function fullResponse(
  authority: Authority,
  row: RequestRow,
  disposition: RequestOutcome['disposition'],
  { certificate, issuers }: { readonly certificate: Uint8Array | undefined; readonly issuers: readonly Uint8Array[] },
): Promise<Uint8Array> {
  const { current, ports } = authority;
  const isOlder = !issuers.some((issuer) => isSameBytes(issuer, current.certificate.raw));
  return buildFullResponse({
    outcome: responseOutcome(row, disposition, certificate),
    statusString: row.DispositionMessage ?? '',
    // The response is signed today, whenever its certificate was.
    chain: isOlder ? [...caChain(authority), ...issuers] : issuers,
    signer: { signer: current.key, sid: issuerAndSerialNumberOf(current.certificate), scheme: current.scheme },
    engine: ports.engine,
  });
}

function responseOutcome(
  row: RequestRow,
  disposition: RequestOutcome['disposition'],
  certificate: Uint8Array | undefined,
): FullResponseOutcome {
  if (disposition === 'issued' && certificate)
    return { status: 'issued', certificate, encryptedKeyHash: encryptedKeyHashOf(row) };
  if (disposition === 'pending') return { status: 'pending', requestId: row.RequestID!, pendTime: row.SubmittedWhen! };
  return { status: 'failed' };
}
