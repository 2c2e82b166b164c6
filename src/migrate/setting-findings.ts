import type { Configuration } from '#ca/config/configuration';
import { plainHash } from '#ca/config/plain-hash';
import type { Finding } from '#doctor/finding';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import type { MigrationPorts } from './ports.ts';
import { movesEncryption } from './settings-plan.ts';

export function settingFindings(configuration: Configuration, target: KeyStorageProvider): Finding[] {
  const findings: Finding[] = [];
  const encryption = configuration.string('Provider', 'EncryptionCSP');
  if (encryption === undefined || encryption === target.name) return findings;
  if (!movesEncryption(configuration, target)) {
    const text = `CA\\EncryptionCSP\\Provider is ${encryption} and stays: exchange keys are made there.`;
    findings.push({ severity: 'note', text });
  } else if (configuration.string('Provider', 'CSP') === target.name) {
    const text = `CA\\CSP\\Provider is ${target.name} already, and CA\\EncryptionCSP\\Provider ${encryption}: one of the two was not edited.`;
    findings.push({ severity: 'warning', text, cure: 'the move writes both' });
  }
  return findings;
}

/** Messages that were sealed before the move open with the keys they were sealed to. */
export async function exchangeFindings(
  { certificateStores }: MigrationPorts,
  configuration: Configuration,
  target: KeyStorageProvider,
): Promise<Finding[]> {
  const hashes = new Set(configuration.strings('CAXchgCertHash').map(plainHash));
  const entries = (await certificateStores.open('My').list()).filter(({ thumbprint }) => hashes.has(thumbprint));
  const staying = entries.filter(
    ({ properties: { keyProvInfo } }) => keyProvInfo && keyProvInfo.provider !== target.name,
  );
  return staying.map(({ certificate, properties }) => ({
    severity: 'note',
    text: `The exchange key ${properties.keyProvInfo!.container} stays under ${properties.keyProvInfo!.provider}, and goes when its certificate ends, ${certificate.tbsCertificate.validity.notAfter.toISOString()}.`,
  }));
}
