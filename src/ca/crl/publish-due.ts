import { type Authority, configString } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { crlIssuers } from './crl-issuers.ts';
import { newestCrl } from './newest-crl.ts';
import { publishBaseCrlWhere } from './publish-crl.ts';

/**
 * Publishes base CRLs where the newest one of a key says that the next is due, or there is none: what a running CA does by itself,
 * before the old one ends (CRLPeriod, CRLOverlapPeriod). With CRLPeriodUnits 0 CRLs are published by hand. Answers whether it
 * did. Throws as publishBaseCrl.
 */
export async function publishDueCrl(authority: Authority): Promise<boolean> {
  // Another may publish it while this one waits for his turn.
  const wanted = () => isDue(authority);
  return (await wanted()) && publishBaseCrlWhere(authority, configString(authority), wanted);
}

async function isDue(authority: Authority): Promise<boolean> {
  const { clock, database } = authority.ports;
  if ((await readConfiguration(database)).dword('CRLPeriodUnits') === 0) return false;
  for (const { keyIndex } of crlIssuers(authority)) {
    const due = (await newestCrl(database, keyIndex))?.nextPublish;
    if (due === undefined || due <= clock.now()) return true;
  }
  return false;
}
