/** Finding recovery candidates: document 004 "Finding Recovery Candidates". */
import { hresult } from '#hresult/hresult-error';
import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import type { ArchivedKeyHit } from '../api.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Restriction, ViewRow } from '../ports.ts';
import { authorize } from '../roles/authorize.ts';
import { findTemplate } from '../template/matching.ts';
import { RECOVERABLE } from './recoverable.ts';

const COLUMNS = [
  'Request.RequestID',
  'Request.Disposition',
  'SerialNumber',
  'RawCertificate',
  'CertificateTemplate',
  'UPN',
  'CommonName',
];

/**
 * The issued certificates with an archived key that a token means: serial number (blanks do not count), SHA-1 thumbprint,
 * subject key identifier, UPN, DOMAIN\name, container\name or common name. None is an empty list.
 */
export async function searchArchivedKeys(
  authority: Authority,
  officer: Caller,
  token: string,
): Promise<readonly ArchivedKeyHit[]> {
  await authorize(authority, officer, ['Officer']);
  const wanted = token.trim();
  if (wanted === '') throw hresult('ERROR_INVALID_PARAMETER', 'The search token is empty.');
  const hits = new Map<number, ViewRow>();
  for (const reading of await readingsOf(authority, wanted)) {
    for await (const row of archivedKeys(authority, reading)) hits.set(Number(row.get('Request.RequestID')), row);
  }
  const { templates } = authority.enterprise ? await authority.templates.read() : { templates: [] };
  return [...hits.values()]
    .sort((a, b) => Number(a.get('Request.RequestID')) - Number(b.get('Request.RequestID')))
    .map((row) => {
      const stored = String(row.get('CertificateTemplate') ?? '');
      const template = findTemplate(templates, stored);
      return {
        requestId: Number(row.get('Request.RequestID')),
        serialNumber: String(row.get('SerialNumber')),
        certificate: row.get('RawCertificate') as Uint8Array,
        template: template ? [...new Set([template.cn, template.displayName])].join(', ') : stored,
        upn: (row.get('UPN') as string | null) ?? undefined,
        commonName: (row.get('CommonName') as string | null) ?? undefined,
      };
    });
}

/** A token can be read in several ways, a common name in all: each reading is looked up. */
async function readingsOf(authority: Authority, token: string): Promise<(readonly Restriction[])[]> {
  const equals = (column: string, value: string): readonly Restriction[] => [{ column, operator: '=', value }];
  const readings = [equals('CommonName', token), firstLine('CommonName', token), equals('UPN', token)];
  const hex = token.replaceAll(/\s/g, '').toLowerCase();
  if (/^(?:[0-9a-f]{2})+$/.test(hex)) {
    readings.push(equals('SerialNumber', formatSerial(parseSerial(hex))));
    if (hex.length === 40) readings.push(equals('CertificateHash', hex), equals('SubjectKeyIdentifier', hex));
  }
  if (token.includes('\\')) {
    for (const principal of await authority.ports.directory.findPrincipals(token)) {
      readings.push(equals('Request.RequesterName', principal.accountName));
    }
  }
  return readings;
}

/** A subject with several common names (CN=user1, CN=Users) has them in one column, a line each, its own first. */
function firstLine(column: string, text: string): readonly Restriction[] {
  return [
    { column, operator: '>=', value: `${text}\n` },
    { column, operator: '<', value: `${text}\u000b` },
  ];
}

async function* archivedKeys(authority: Authority, reading: readonly Restriction[]): AsyncGenerator<ViewRow> {
  for (const disposition of RECOVERABLE) {
    yield* authority.ports.database.view({
      table: 'Requests',
      columns: COLUMNS,
      restrictions: [
        ...reading,
        { column: 'Request.Disposition', operator: '=', value: disposition },
        { column: 'Request.RawArchivedKey', operator: '!=', value: null },
      ],
    });
  }
}
