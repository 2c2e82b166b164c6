import type { CaDatabase, Restriction } from '../ports.ts';

export interface NewestCrl {
  readonly rowId: number;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** When the next one is to be published. */
  readonly nextPublish: Date | undefined;
  /** DER. */
  readonly raw: Uint8Array;
  /** CPF_ bits. */
  readonly publishStatus: number;
  readonly publishAttempts: number;
}

/** Rows of one of the CA's keys: CRLNameId and IssuerNameID have the key's index before the certificate's. */
export function ofKey(column: 'CRLNameId' | 'IssuerNameID', keyIndex: number): Restriction[] {
  return [
    { column, operator: '>=', value: keyIndex * 0x10000 },
    { column, operator: '<', value: (keyIndex + 1) * 0x10000 },
  ];
}

/** MS-CSRA 3.1.1.4.1: CRLMinBase is the number of the CRL a delta is based on, 0 for a base CRL. */
const KINDS = {
  base: { column: 'CRLMinBase', operator: '=', value: 0 },
  delta: { column: 'CRLMinBase', operator: '>', value: 0 },
} as const satisfies Record<string, Restriction>;

/** The newest CRL that was signed under one of the CA's keys. Undefined where there is none. */
export async function newestCrl(
  database: Pick<CaDatabase, 'view'>,
  keyIndex: number,
  kind: keyof typeof KINDS = 'base',
): Promise<NewestCrl | undefined> {
  for await (const row of database.view({
    table: 'CRLs',
    restrictions: [{ column: 'CRLRawCRL', operator: '!=', value: null }, KINDS[kind], ...ofKey('CRLNameId', keyIndex)],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    return {
      rowId: Number(row.get('CRLRowId')),
      number: Number(row.get('CRLNumber')),
      thisUpdate: row.get('CRLThisUpdate') as Date,
      nextUpdate: row.get('CRLNextUpdate') as Date,
      nextPublish: (row.get('CRLNextPublish') as Date | null) ?? undefined,
      raw: row.get('CRLRawCRL') as Uint8Array,
      publishStatus: Number(row.get('CRLPublishFlags') ?? 0),
      publishAttempts: Number(row.get('CRLPublishAttempts') ?? 0),
    };
  }
  return undefined;
}
