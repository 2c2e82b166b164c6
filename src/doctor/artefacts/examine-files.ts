/** The CA of somebody else, or of another machine, by its files: PFX, certificates, the registration file of its configuration. */

import { type ExportedConfiguration, exportedConfiguration } from '#ca/config/exported-configuration';
import { HresultError } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { ProviderDescription } from '#pki/crypto/key-provider';
import type { CaFiles, Examination } from '../api.ts';
import { sorted } from '../examine.ts';
import { attempt, type Diagnosis, diagnosisOf } from '../finding.ts';
import { encryptionSettings, misplacedSettings, providerNames, signatureSettings } from '../provider-settings.ts';
import { agentFindings } from './agents.ts';
import { certificateFindings } from './certificates.ts';
import { exchangeFindings } from './exchange.ts';
import { heldCertificates } from './held-certificates.ts';
import { keyFindings } from './keys.ts';
import { listedCertificates } from './listed-certificates.ts';
import { pfxProtection } from './pfx-protection.ts';
import { namesOfMachine } from './publication.ts';

export interface FileExamination {
  readonly engine: CryptoEngine;
  readonly now: Date;
  /** Providers there are names for. */
  readonly known: readonly ProviderDescription[];
}

/** Throws what opening a file throws: ERROR_INVALID_PASSWORD, ERROR_INVALID_DATA, CRYPT_E_NOT_FOUND, Asn1Error. */
export async function examineFiles(files: CaFiles, { engine, now, known }: FileExamination): Promise<Examination> {
  const exported = files.registry === undefined ? undefined : exportedConfiguration(files.registry);
  const held = await heldCertificates(files, engine);
  const found: Diagnosis[] = [...held.findings];
  for (const { name, bytes } of files.pfx) found.push(...pfxProtection(name, bytes));
  const { listed, missing } = listedCertificates(held.certificates, exported?.configuration);
  found.push(...missing);
  for (const each of listed)
    found.push(...(await certificateFindings(each, held.certificates, exported?.configuration, engine, now)));
  if (files.pfx.length > 0) found.push(...keyFindings(listed, exported?.configuration, known));
  if (exported) {
    found.push(
      ...(await settingFindings(exported, known)),
      ...agentFindings(exported.configuration, held.certificates, now),
      ...exchangeFindings(exported.configuration, held.certificates, files.pfx.length > 0, now),
    );
  }
  return { config: configOf(exported), findings: sorted(found) };
}

function configOf(exported: ExportedConfiguration | undefined): string | undefined {
  if (exported === undefined) return undefined;
  const { configuration, sanitizedName } = exported;
  const name = configuration.string('CommonName') ?? sanitizedName;
  const server = configuration.string('CAServerName');
  return server === undefined ? name : `${server}\\${name}`;
}

/** A value of another type than it should be is a finding, and keeps nobody from the others. */
async function settingFindings(
  exported: ExportedConfiguration,
  known: readonly ProviderDescription[],
): Promise<Diagnosis[]> {
  const { configuration } = exported;
  const found: Diagnosis[] = [];
  for (const check of [
    () => providerNames(configuration, known, "Windows' own"),
    () => signatureSettings(configuration),
    () => encryptionSettings(configuration),
    () => misplacedSettings(configuration),
    () => namesOfMachine(exported),
  ]) {
    const answer = await attempt(async () => check());
    if (answer instanceof HresultError) found.push(diagnosisOf('error', 'check-failed', answer));
    else found.push(...answer);
  }
  return found;
}
