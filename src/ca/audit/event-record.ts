/** One entry of the application event log. */
export interface EventRecord {
  readonly time: Date;
  /** `Microsoft-Windows-CertificationAuthority`; `Certhaven` for what AD CS has no event for. */
  readonly source: string;
  readonly eventId: number;
  readonly level: 'error' | 'warning' | 'information';
  readonly text: string;
  /** The variables %1, %2, … of the text. */
  readonly variables: readonly string[];
}
