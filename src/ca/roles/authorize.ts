/** The one question every call begins with: may he? Who may not is on record before he is told so. */
import type { HresultError } from '#hresult/hresult-error';
import { audit } from '../audit/audit.ts';
import type { SecurityEventName } from '../audit/security-events.ts';
import type { Caller } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import type { AuthorityPorts } from '../ports.ts';
import { type CaRight, isRoleSeparated, refusalOf, rightsOf } from './rights.ts';

/** Where a call arrives: at a CA, or at its configuration alone. */
export interface Door {
  readonly ports: Pick<AuthorityPorts, 'clock' | 'database'>;
  /** The configuration as it was when the CA started. Without it, what is configured is in force. */
  readonly started?: Configuration;
}

/** What is attempted: the security event of its success, with the fields known beforehand. */
export interface Attempt {
  readonly event: SecurityEventName;
  readonly values: readonly (string | number)[];
}

/**
 * Answers the configuration where the caller has one of `rights`. Throws ERROR_ACCESS_DENIED, CERTSRV_E_ENROLL_DENIED or
 * CERTSRV_E_ROLECONFLICT, with the attempt recorded as a failure.
 */
export async function authorize(
  door: Door,
  caller: Caller,
  rights: readonly CaRight[],
  attempt?: Attempt,
): Promise<Configuration> {
  const configuration = await readConfiguration(door.ports.database);
  const refusal = refusalOf(configuration, caller, rights, isRoleSeparated(door.started ?? configuration));
  if (refusal) throw await refused(door, caller, configuration, refusal, attempt);
  return configuration;
}

/** The access bits a caller has at this door. */
export function rightsAt({ started }: Door, configuration: Configuration, caller: Caller): number {
  return rightsOf(configuration, caller, isRoleSeparated(started ?? configuration));
}

/** Records a refused attempt and answers the refusal, to be thrown. */
export async function refused(
  { ports: { clock, database } }: Door,
  caller: Caller,
  configuration: Configuration,
  refusal: HresultError,
  attempt: Attempt | undefined,
): Promise<HresultError> {
  if (attempt) {
    const context = { time: clock.now(), subject: caller.accountName, configuration };
    const writes = audit(context, attempt.event, attempt.values, 'failure');
    if (writes.length > 0) await database.commit(writes);
  }
  return refusal;
}
