import type { CaDatabase } from '../ports.ts';

export interface NewestCrl {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** When the next one is to be published. */
  readonly nextPublish: Date | undefined;
}

/**
 * The newest CRL that was signed under one of the CA's keys; CRLNameId has the key's index before the certificate's. Undefined
 * where there is none.
 */
export async function newestCrl(database: CaDatabase, keyIndex: number): Promise<NewestCrl | undefined> {
  for await (const row of database.view({
    table: 'CRLs',
    columns: ['CRLThisUpdate', 'CRLNextUpdate', 'CRLNextPublish'],
    restrictions: [
      { column: 'CRLEffective', operator: '!=', value: null },
      { column: 'CRLNameId', operator: '>=', value: keyIndex * 0x10000 },
      { column: 'CRLNameId', operator: '<', value: (keyIndex + 1) * 0x10000 },
    ],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    return {
      thisUpdate: row.get('CRLThisUpdate') as Date,
      nextUpdate: row.get('CRLNextUpdate') as Date,
      nextPublish: (row.get('CRLNextPublish') as Date | null) ?? undefined,
    };
  }
  return undefined;
}
