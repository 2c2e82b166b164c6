/**
 * One security audit event: MS-CSRA's and the Security log's vocabulary. Both numberings are kept: Windows Server 2008 and
 * later (4868 to 4900) is stored, Server 2003 (772 to 801) is that minus 4096.
 */
export interface AuditRecord {
  readonly time: Date;
  /** e.g. 4883, archived key retrieved. */
  readonly eventId: number;
  /** Who did it: DOMAIN\name. */
  readonly subject: string;
  readonly outcome: 'success' | 'failure';
  /** The event's fields by their published names, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}
