import type { DamagedEntry } from '#certstore/ports/certificate-store';

/** The damaged entry that a CertId stands for: of its content only the hash is known. */
export function damagedNamed(damaged: readonly DamagedEntry[], certId: string): DamagedEntry | undefined {
  const hash = certId.replaceAll(/\s/g, '').toLowerCase();
  return damaged.find(({ thumbprint }) => thumbprint === hash);
}
