import { formatHex } from '#pki/asn1/bytes';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import type { AuthorityPorts } from '../ports.ts';

/** The machine's KRA store by SHA-1, lower-case hex. */
export async function kraStore({
  engine,
  stores,
}: Pick<AuthorityPorts, 'engine' | 'stores'>): Promise<ReadonlyMap<string, Certificate>> {
  const found = new Map<string, Certificate>();
  for (const { certificate } of await stores.list('KRA'))
    found.set(formatHex(await engine.digest('sha1', certificate)), decodeCertificate(certificate));
  return found;
}
