import { CRYPT_MACHINE_KEYSET } from '#certstore/ports/certificate-store';
import type { Diagnosis } from './finding.ts';

/** What mends KeySpec 2 under a key storage provider: document 001's INF, written for this key. */
export function keySpecRepair(
  serialNumber: string,
  { provider, container }: { readonly provider: string; readonly container: string },
): Required<Pick<Diagnosis, 'cure' | 'file'>> {
  const fields = [
    `Container = ${container}`,
    `Provider = ${provider}`,
    'ProviderType = 0',
    `Flags = 0x${CRYPT_MACHINE_KEYSET.toString(16)}`,
    'KeySpec = 0',
  ];
  const lines = fields.map((field, i) => `    _continue_="${field}${i < fields.length - 1 ? '&' : ''}"`);
  return {
    cure: `certutil -repairstore my "${serialNumber}" KeyProv.inf`,
    file: { name: 'KeyProv.inf', content: `[Properties]\n    2 = "{text}"\n${lines.join('\n')}\n` },
  };
}
