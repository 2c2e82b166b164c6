/** Everything the doctor looks at, on the machine of a CA. Nothing is written. */
import { readConfiguration } from '#ca/config/configuration';
import { HresultError } from '#hresult/hresult-error';
import { caCertificates } from './ca-certificates.ts';
import { keyAccess, keyProviders } from './ca-keys.ts';
import { ownCrls } from './crls.ts';
import { attempt, type Diagnosis, diagnosisOf, type Finding } from './finding.ts';
import { missingKeyBackups } from './key-backup.ts';
import { leftOverFiles } from './left-over.ts';
import { ownKeys } from './own-keys.ts';
import { fileOwners } from './owners.ts';
import { filePermissions } from './permissions.ts';
import type { DoctorPorts } from './ports.ts';
import { encryptionSettings, misplacedSettings, providerNames, signatureSettings } from './provider-settings.ts';
import { publicationFolders } from './publication.ts';
import { archivedKeys, recoveryAgents } from './recovery-agents.ts';
import { damagedEntries, entriesWithoutKey, keysWithoutCertificate } from './stores.ts';
import { serviceState, unfinishedWork } from './unfinished.ts';

/** The worst first. A check that cannot be made is a finding too, and keeps nobody from the others. */
export async function examine(ports: DoctorPorts): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  const check = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const answer = await attempt(work);
    if (!(answer instanceof HresultError)) return answer;
    found.push(diagnosisOf('error', 'check-failed', answer));
    return undefined;
  };
  const add = async (work: () => Promise<readonly Diagnosis[]> | readonly Diagnosis[]) =>
    found.push(...((await check(async () => work())) ?? []));

  await add(() => serviceState(ports));
  const configuration = await check(() => readConfiguration(ports.database));
  const own = configuration && (await check(() => ownKeys(ports, configuration)));
  if (configuration) {
    await add(() => providerNames(configuration, ports.providers.known));
    await add(() => signatureSettings(configuration));
    await add(() => encryptionSettings(configuration));
    await add(() => misplacedSettings(configuration));
    await add(() => publicationFolders(configuration, ports.places));
    await add(() => entriesWithoutKey(ports, configuration));
    await add(() => unfinishedWork(ports, configuration));
  }
  if (configuration && own) {
    found.push(...own.findings);
    await add(() => keyProviders(own, configuration));
    await add(() => keyAccess(own));
    await add(() => caCertificates(ports, own, configuration));
    await add(() => ownCrls(ports, own));
    await add(() => recoveryAgents(ports, own, configuration));
    await add(() => missingKeyBackups(own, configuration, ports.clock.now()));
    await add(() => keysWithoutCertificate(ports, own, configuration));
  }
  await add(() => archivedKeys(ports));
  await add(() => damagedEntries(ports));
  await add(() => filePermissions(ports.places));
  await add(() => fileOwners(ports.places));
  await add(() => leftOverFiles(ports.places, own));
  return sorted(found);
}

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/** The worst first; what several checks met, once. */
export function sorted(found: readonly Diagnosis[]): Diagnosis[] {
  const once = [...new Map(found.map((finding) => [`${finding.code} ${finding.text}`, finding])).values()];
  return SEVERITIES.flatMap((severity) => once.filter((finding) => finding.severity === severity));
}
