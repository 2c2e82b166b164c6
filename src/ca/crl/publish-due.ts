import { type Authority, configString } from '../authority.ts';
import { publishBaseCrl } from './publish-crl.ts';

/**
 * Publishes a base CRL where the newest one says that the next is due, or there is none: what a running CA does by itself,
 * before the old one ends (CRLPeriod, CRLOverlapPeriod). Answers whether it did. Throws as publishBaseCrl.
 */
export async function publishDueCrl(authority: Authority): Promise<boolean> {
  const { clock, database } = authority.ports;
  const newest = database.view({
    table: 'CRLs',
    columns: ['CRLNumber', 'CRLNextPublish'],
    restrictions: [{ column: 'CRLRawCRL', operator: '!=', value: null }],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  });
  for await (const row of newest) {
    const due = row.get('CRLNextPublish');
    if (due instanceof Date && due > clock.now()) return false;
  }
  await publishBaseCrl(authority, configString(authority));
  return true;
}
