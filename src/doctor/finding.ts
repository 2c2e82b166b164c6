import { HRESULTS } from '#hresult/codes';
import { HresultError } from '#hresult/hresult-error';

/** What is wrong with a CA, or worth knowing of it. An error keeps it from its work, and a move of its keys from beginning. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly text: string;
  /** What would have been thrown, or AD CS says at that point; undefined where nothing fails. */
  readonly symbol?: HresultError['symbol'];
  /** HRESULT, unsigned. */
  readonly hresult?: number;
  /** What to do. */
  readonly cure?: string;
}

/** What each finding of the doctor is called; docs/operations/doctor.md has a row for each. */
export const DIAGNOSES = [
  'archived-keys-lost',
  'ca-certificate-ends',
  'ca-certificate-expired',
  'ca-certificate-missing',
  'ca-certificate-retired',
  'ca-chain',
  'ca-key-exportable',
  'ca-key-mismatch',
  'ca-key-missing',
  'ca-key-open',
  'ca-key-provider',
  'ca-key-short',
  'ca-keys-scattered',
  'certificate-sha1',
  'check-failed',
  'crl-ended',
  'crl-missing',
  'crl-unpublished',
  'database-path',
  'encryption-provider',
  'exchange-key',
  'file-owner',
  'file-permissions',
  'hash-ignored',
  'key-backup-missing',
  'key-backup-old',
  'key-gone',
  'key-spec',
  'key-without-certificate',
  'left-over-file',
  'left-over-key',
  'machine-keyset',
  'move-outstanding',
  'pfx-weak',
  'provider-type',
  'provider-unknown',
  'publication-folder',
  'publication-host',
  'recovery-agent',
  'recovery-agent-ends',
  'recovery-agents-few',
  'renewal-outstanding',
  'service',
  'settings-misplaced',
  'sha1-signatures',
  'signature-settings',
  'start-failed',
  'store-damaged',
] as const;

export type DiagnosisCode = (typeof DIAGNOSES)[number];

/** A finding that the doctor has a name for. */
export interface Diagnosis extends Finding {
  readonly code: DiagnosisCode;
  /** The file that `cure` names. */
  readonly file?: { readonly name: string; readonly content: string };
}

export function diagnosis(
  severity: Finding['severity'],
  code: DiagnosisCode,
  text: string,
  more: Pick<Diagnosis, 'symbol' | 'cure' | 'file'> = {},
): Diagnosis {
  const { symbol } = more;
  return { severity, code, text, ...more, ...(symbol === undefined ? {} : { hresult: HRESULTS[symbol][0] >>> 0 }) };
}

/** The same of an error, whose hint is the cure unless `more` has another. */
export function diagnosisOf(
  severity: Finding['severity'],
  code: DiagnosisCode,
  error: HresultError,
  more: Partial<Diagnosis> = {},
): Diagnosis {
  return { ...findingOf(severity, error), code, ...more };
}

export function findingOf(severity: Finding['severity'], error: HresultError, more: Partial<Finding> = {}): Finding {
  const { hresult, symbol } = error;
  return {
    severity,
    text: error.detail ?? error.message,
    symbol,
    hresult,
    ...(error.hint === undefined ? {} : { cure: error.hint }),
    ...more,
  };
}

/** The answer of `work`, or the error it ended with. Our own faults are thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | HresultError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HresultError) return error;
    throw error;
  }
}
