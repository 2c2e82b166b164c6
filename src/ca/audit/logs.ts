/** The two logs as they are read. */
import type { Caller } from '../authority.ts';
import type { AuditEntry } from '../ports.ts';
import { authorize, type Door } from '../roles/authorize.ts';
import type { EventRecord } from './event-record.ts';

/** The security log is the auditor's alone (document 003, "Understanding Role Separation"). Throws as `authorize`. */
export async function* auditLog(door: Door, caller: Caller): AsyncGenerator<AuditEntry> {
  await authorize(door, caller, ['Auditor']);
  yield* door.ports.database.audit();
}

/** The application log, for everybody who may read the CA. Throws as `authorize`. */
export async function* eventLog(door: Door, caller: Caller): AsyncGenerator<EventRecord & { readonly index: number }> {
  await authorize(door, caller, ['Read', 'Officer', 'Administrator']);
  yield* door.ports.database.events();
}
