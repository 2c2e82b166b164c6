/** Findings as commands print them, and under `--json`. */
import type { Diagnosis, Finding } from '#doctor/api';
import { formatHresult } from '#hresult/format';
import type { Json } from '../io/verb.ts';

const LABELS: Readonly<Record<Finding['severity'], string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

export function printFinding(out: (line?: string) => void, finding: Finding & Partial<Diagnosis>): void {
  const { severity, code, text, hresult, cure, file } = finding;
  const name = code === undefined ? '' : ` ${code}`;
  const status = hresult === undefined ? '' : ` ${formatHresult(hresult)}`;
  out(`${LABELS[severity]}${name}: ${text}${status}`);
  if (cure !== undefined) out(`  ${cure}`);
  if (file === undefined) return;
  out(`  with ${file.name}:`);
  for (const line of file.content.trimEnd().split('\n')) out(`    ${line}`);
}

export function findingJson(finding: Finding & Partial<Diagnosis>): { [name: string]: Json } {
  const { severity, code, text, symbol, cure, file } = finding;
  return {
    severity,
    ...(code === undefined ? {} : { code }),
    text,
    ...(symbol === undefined ? {} : { symbol }),
    ...(cure === undefined ? {} : { cure }),
    ...(file === undefined ? {} : { file: { ...file } }),
  };
}
