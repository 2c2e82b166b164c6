import type { CertificationAuthority } from '#ca/api';
import type { ViewRow } from '#ca/ports';
import { DB_DISP, REVOCATION_REASON_TEXTS } from '#ca/schema/dispositions';
import { hresult } from '#hresult/hresult-error';
import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { longText } from './text/dword-text.ts';
import { withAuthority } from './with-authority.ts';

/** CA_DISP of certadm.h, as IsValidCertificate answers it: whether a certificate has expired is not asked. */
const CA_DISP = {
  2: 'Revoked',
  3: 'Valid',
  4: 'Invalid',
  5: 'Under Submission',
} as const;

type Disposition = keyof typeof CA_DISP;

/** `certutil -isvalid SerialNumber | CertHash`. The layout is assumed; MS-CSRA 3.1.4.1.9 gives the numbers. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, out } = context;
  const token = args[0]!;
  const row = await withAuthority(context, (authority) => find(authority, token));
  if (row === undefined) {
    throw hresult('CRYPT_E_NOT_IN_REVOCATION_DATABASE', `This CA issued no certificate "${token}".`, {
      hint: 'give a serial number or a SHA-1 hash; certutil -view -out SerialNumber,CertificateHash lists them',
    });
  }
  const serialNumber = String(row.get('SerialNumber'));
  const disposition = dispositionOf(Number(row.get('Request.Disposition')));
  const reason = disposition === 2 ? Number(row.get('Request.RevokedReason') ?? 0) : undefined;
  out(`Serial Number: ${serialNumber}`);
  out(`Certificate disposition: ${longText(disposition)} -- ${CA_DISP[disposition]}`);
  if (reason !== undefined) {
    out(`Revocation Reason: ${longText(reason)} -- Reason: ${REVOCATION_REASON_TEXTS[reason] ?? 'Unknown Reason'}`);
  }
  return { serialNumber, disposition, isValid: disposition === 3, reason };
}

function dispositionOf(requestDisposition: number): Disposition {
  switch (requestDisposition) {
    case DB_DISP.ISSUED:
    case DB_DISP.FOREIGN:
    case DB_DISP.CA_CERT:
    case DB_DISP.CA_CERT_CHAIN:
    case DB_DISP.KRA_CERT:
      return 3;
    case DB_DISP.REVOKED:
      return 2;
    case DB_DISP.PENDING:
    case DB_DISP.ACTIVE:
      return 5;
    default:
      return 4;
  }
}

/** By serial number first: forty digits may be either. */
async function find(authority: CertificationAuthority, token: string): Promise<ViewRow | undefined> {
  const serial = formatSerial(parseSerial(token));
  const hash = token.replaceAll(/\s/g, '').toLowerCase();
  for (const [column, value] of [
    ['SerialNumber', serial],
    ['CertificateHash', hash],
  ] as const) {
    for await (const row of authority.view({
      table: 'Requests',
      columns: ['SerialNumber', 'Request.Disposition', 'Request.RevokedReason'],
      restrictions: [{ column, operator: '=', value }],
      limit: 1,
    })) {
      return row;
    }
  }
  return undefined;
}
