/** Whether each certificate of the CA has its key in a PFX, and how that would be brought in. */
import type { Configuration } from '#ca/config/configuration';
import type { ProviderDescription } from '#pki/crypto/key-provider';
import { formatSerial } from '#pki/x509/serial-number';
import { type Diagnosis, diagnosis } from '../finding.ts';
import { keySpecRepair } from '../key-spec-repair.ts';
import { isRsa } from './held-certificates.ts';
import type { ListedCertificate } from './listed-certificates.ts';

export function keyFindings(
  listed: readonly ListedCertificate[],
  configuration: Configuration | undefined,
  known: readonly ProviderDescription[],
): Diagnosis[] {
  const found: Diagnosis[] = [];
  for (const { certificate, key, name, isNewest } of listed) {
    if (key === undefined) {
      if (!isNewest && configuration === undefined) continue;
      const text = `No PFX has the key of ${name}.`;
      const cure = 'certutil -backupKey FOLDER on the machine of the CA writes all of them';
      found.push(diagnosis(isNewest ? 'error' : 'warning', 'ca-key-missing', text, { symbol: 'NTE_NO_KEY', cure }));
      continue;
    }
    const { cspName, friendlyName, keySpec, file, machineKeyset } = key;
    const provider = known.find((candidate) => candidate.name === cspName);
    if (cspName !== undefined && keySpec === 2 && isRsa(certificate) && (provider?.provType ?? 0) === 0) {
      const text = `${file}: the key of ${name} is one of ${cspName}, and marked AT_SIGNATURE: an import that records KeySpec 2 keeps the CA from renewal with this key.`;
      const serial = formatSerial(certificate.tbsCertificate.serialNumber);
      const repair = keySpecRepair(serial, { provider: cspName, container: friendlyName ?? 'CONTAINER' });
      found.push(diagnosis('warning', 'key-spec', text, { symbol: 'NTE_BAD_FLAGS', ...repair }));
    }
    if (!machineKeyset && (configuration?.dword('MachineKeyset', 'CSP') ?? 1) !== 0 && configuration) {
      const text = `${file}: the key of ${name} is one user's, and the CA looks for it among those of the machine.`;
      found.push(diagnosis('note', 'machine-keyset', text, { cure: 'certutil -importPFX without -user' }));
    }
    const configured = configuration?.string('Provider', 'CSP');
    if (isNewest && configured !== undefined && cspName !== undefined && configured !== cspName) {
      const text = `${file}: the key of ${name} is one of ${cspName}, and CA\\CSP\\Provider is ${configured}.`;
      const cure = `certutil -csp "${configured}" -importPFX "${file}" brings it into that one`;
      found.push(diagnosis('warning', 'ca-key-provider', text, { symbol: 'NTE_BAD_KEYSET', cure }));
    }
  }
  const providers = [...new Set(listed.flatMap(({ key }) => key?.cspName ?? []))];
  if (providers.length > 1) {
    const text = `The CA's keys are of ${providers.join(' and ')}.`;
    const cure = 'certutil -csp NAME -importPFX FILE brings all of them into one';
    found.push(diagnosis('warning', 'ca-keys-scattered', text, { cure }));
  }
  return found;
}
