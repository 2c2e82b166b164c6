import type { DamagedEntry } from '#certstore/ports/certificate-store';
import { formatHresult } from '#hresult/format';

/** The damaged entry that a CertId stands for: of its content only the hash is known. */
export function damagedNamed(damaged: readonly DamagedEntry[], certId: string): DamagedEntry | undefined {
  const hash = certId.replaceAll(/\s/g, '').toLowerCase();
  return damaged.find(({ thumbprint }) => thumbprint === hash);
}

export function damagedLines(damaged: readonly DamagedEntry[]): string[] {
  return damaged.map(({ error }) => `ERROR: ${error.detail ?? error.message} ${formatHresult(error.hresult)}`);
}
