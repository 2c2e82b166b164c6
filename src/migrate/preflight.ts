/** Everything that could make a move fail, looked at before anything is changed. */
import { type Configuration, readConfiguration } from '#ca/config/configuration';
import { outstandingRenewal } from '#ca/renew/outstanding';
import { lifeAndChain } from '#doctor/ca-certificates';
import { keyProviders, nameOf } from '#doctor/ca-keys';
import { attempt, type Diagnosis, type DiagnosisCode, type Finding, findingOf } from '#doctor/finding';
import { leftOverFiles } from '#doctor/left-over';
import { type OwnKeys, ownKeys } from '#doctor/own-keys';
import { misplacedSettings, providerNames } from '#doctor/provider-settings';
import { keysWithoutCertificate } from '#doctor/stores';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import { placeFindings } from './place-findings.ts';
import { type MigrationPlan, mayLeave, type PlanOptions, planMigration } from './plan.ts';
import type { MigrationPorts } from './ports.ts';
import { exchangeFindings, settingFindings } from './setting-findings.ts';

export interface PreflightOptions extends PlanOptions {
  /** A provider's name, or an alias. */
  readonly to: string;
  /** The PFX that the backup would be. */
  readonly backup: string;
}

export interface Preflight {
  readonly findings: readonly Finding[];
  /** Undefined where what was found lets nothing be planned. */
  readonly plan: MigrationPlan | undefined;
}

/** Changes nothing. Throws NTE_KEYSET_NOT_DEF and its kin for a provider that is none, or is not here. */
export async function preflight(ports: MigrationPorts, options: PreflightOptions): Promise<Preflight> {
  const target = ports.providers.byName(options.to);
  const configuration = await readConfiguration(ports.database);
  const own = await ownKeys(ports, configuration);
  const findings: Finding[] = [
    ...own.findings.map(forMove),
    ...exportFindings(own, target),
    ...keyProviders(own, configuration).map(forMove),
    ...(await lifeAndChain(ports, own)).map(forMove),
    ...endedBefore(own, target),
    ...providerNames(configuration, ports.providers.known).map(forMove),
    ...misplacedSettings(configuration).map(forMove),
    ...settingFindings(configuration, target),
    ...(await exchangeFindings(ports, configuration, target)),
    ...(await placeFindings(ports, options.backup)),
    ...(await leftOverFiles(ports.places, own)).map(forMove),
  ];
  if (outstandingRenewal(configuration)) {
    const waiting = hresult('ERROR_BUSY', 'A renewal of the CA was begun and waits for its key.', {
      hint: 'start the CA, which brings it to its end, or give it up: certutil -f -renewCert',
    });
    findings.push(findingOf('error', waiting));
  }
  const planned = await attempt(() => planMigration(own, target, configuration, ports.engine, options));
  if (planned instanceof HresultError) return { findings: [...findings, findingOf('error', planned)], plan: undefined };
  findings.push(
    ...targetFindings(own, planned, target, configuration),
    ...(await leftOverKeys(ports, own, configuration, planned)),
  );
  return { findings, plan: planned };
}

const MOVE_CURES: Partial<Record<DiagnosisCode, string>> = {
  'ca-key-provider': 'the move writes CSP and EncryptionCSP; AD CS does not start so (0x80090016)',
  'ca-keys-scattered': 'the move takes all of them',
  'provider-type': 'the move writes both values',
  'key-spec': 'the move writes the right one; without a move, certutil -repairstore',
};

/** What the doctor finds, without its name for it, and with what the move itself mends. */
function forMove({ code, file, ...finding }: Diagnosis): Finding {
  const cure = MOVE_CURES[code];
  return cure === undefined ? finding : { ...finding, cure };
}

function exportFindings({ keys }: OwnKeys, target: KeyStorageProvider): Finding[] {
  return keys.flatMap((key) => {
    if (key.provider === target.name) {
      const text = `${nameOf(key)} is there already${mayLeave(key) ? '' : ', may not leave, and is in no backup'}.`;
      return [{ severity: 'note', text }];
    }
    if (key.encryptedExport)
      return [{ severity: 'note', text: `${nameOf(key)} leaves encrypted only, and is moved so.` } as const];
    if (key.exportable) return [];
    const refused = hresult('NTE_BAD_KEY_STATE', `${nameOf(key)} is not exportable.`, {
      hint: 'bring it back as exportable from a backup (certutil -importPFX without NoExport), or let a new key take its place: certutil -renewCert after CA\\CSP\\Provider is set',
    });
    return [findingOf('error', refused)];
  });
}

/** CRLs of theirs are signed for as long as what they issued is good. */
function endedBefore({ keys }: OwnKeys, target: KeyStorageProvider): Finding[] {
  const moved = keys.filter(({ provider }) => provider !== target.name).flatMap(({ entries }) => entries);
  const ended = moved.filter(({ hasEnded, isNewest }) => hasEnded && !isNewest);
  return ended.map(({ index, entry }) => {
    const end = entry.certificate.tbsCertificate.validity.notAfter.toISOString();
    return { severity: 'note', text: `CA certificate ${index} ended ${end}: its key is moved with the others.` };
  });
}

/** Keys of the CA that no certificate names: of an import that was made twice, or a move that was half done. */
async function leftOverKeys(
  ports: MigrationPorts,
  own: OwnKeys,
  configuration: Configuration,
  { keys }: MigrationPlan,
): Promise<Finding[]> {
  const moved = keys.map(({ to }) => to);
  const found = await keysWithoutCertificate(ports, own, configuration, moved);
  return found.filter(({ code }) => code === 'left-over-key').map(forMove);
}

function targetFindings(
  { entries }: OwnKeys,
  { hash, keys }: MigrationPlan,
  { name, type }: KeyStorageProvider,
  configuration: Configuration,
): Finding[] {
  const findings: Finding[] = keys
    .filter(({ isThere: found }) => found)
    .map(({ to }) => ({
      severity: 'note',
      text: `${name} has the key already in ${to.container}, from an earlier try: it is used.`,
    }));
  const [first] = entries;
  if (type === 0 || first === undefined) return findings;
  const isPss = (configuration.dword('AlternateSignatureAlgorithm', 'CSP') ?? 0) !== 0;
  const kind = publicKeyKind(first.entry.certificate.tbsCertificate.subjectPublicKeyInfo);
  const isSha2 = /^SHA(?:256|384|512)$/.test(hash);
  const csp = `${name}, a CSP of type ${type},`;
  const unable = (what: string, hint: string) =>
    findings.push(findingOf('error', hresult('NTE_BAD_ALGID', `${csp} ${what}.`, { hint })));
  if (kind.type === 'ec') unable('has no elliptic curves', 'choose a key storage provider');
  else if (isPss)
    unable(
      'knows no RSASSA-PSS',
      'choose a key storage provider, or first certutil -setreg CA\\CSP\\AlternateSignatureAlgorithm 0',
    );
  if (type !== 24 && type !== 12 && isSha2)
    unable(
      `signs no ${hash}`,
      'choose a key storage provider, or Microsoft Enhanced RSA and AES Cryptographic Provider for RSA with SHA-2',
    );
  return findings;
}
