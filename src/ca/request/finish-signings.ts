/**
 * What a crash left between record and signature: the same bytes are signed again, which is the same certificate, and
 * recorded. So no serial number and no archived key is lost, whenever the process died.
 */
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { configString } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { signRecorded } from '../issue/issue.ts';
import { DB_DISP } from '../schema/dispositions.ts';

export async function finishSignings(authority: Authority): Promise<void> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  for (const { RequestID, toBeSigned } of await database.signings()) {
    await signRecorded(authority, RequestID, toBeSigned, () => [
      {
        update: 'Requests',
        RequestID,
        set: { Disposition: DB_DISP.ISSUED, StatusCode: 0, DispositionMessage: 'Issued', ResolvedWhen: clock.now() },
      },
      ...audit({ time: clock.now(), subject: configString(authority), configuration }, 'requestIssued', [
        RequestID,
        '',
        '',
        'Issued',
      ]),
    ]);
  }
}
