/** Everything that could make a move fail, looked at before anything is changed. */
import { validateChain } from '#ca/chain/validate-chain';
import { type Configuration, readConfiguration } from '#ca/config/configuration';
import { ownCertificates } from '#ca/install/own-certificates';
import { outstandingRenewal } from '#ca/renew/outstanding';
import { attempt, type Finding, findingOf } from '#doctor/finding';
import { type OwnKey, type OwnKeys, ownKeys, publicKeyName } from '#doctor/own-keys';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import { leftOverFindings, placeFindings } from './place-findings.ts';
import { type MigrationPlan, type PlanOptions, planMigration } from './plan.ts';
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
    ...own.findings,
    ...exportFindings(own, target),
    ...providerFindings(own, configuration),
    ...(await lifeFindings(ports, own, configuration)),
    ...settingFindings(ports, configuration, target),
    ...(await exchangeFindings(ports, configuration, target)),
    ...(await placeFindings(ports, options.backup)),
    ...(await leftOverFindings(ports)),
  ];
  if (outstandingRenewal(configuration)) {
    const waiting = hresult('ERROR_BUSY', 'A renewal of the CA was begun and waits for its key.', {
      hint: 'start the CA, which brings it to its end, or give it up: certutil -f -renewCert',
    });
    findings.push(findingOf('error', waiting));
  }
  const planned = await attempt(() => planMigration(own, target, configuration, ports.engine, options));
  if (planned instanceof HresultError) return { findings: [...findings, findingOf('error', planned)], plan: undefined };
  findings.push(...targetFindings(own, planned, target, configuration), ...(await leftOverKeys(ports, own, planned)));
  return { findings, plan: planned };
}

function exportFindings({ keys }: OwnKeys, target: KeyStorageProvider): Finding[] {
  return keys.flatMap((key) => {
    if (key.provider === target.name) return [{ severity: 'note', text: `${nameOf(key)} is there already.` } as const];
    if (key.encryptedExport)
      return [{ severity: 'note', text: `${nameOf(key)} leaves encrypted only, and is moved so.` } as const];
    if (key.exportable) return [];
    const refused = hresult('NTE_BAD_KEY_STATE', `${nameOf(key)} is not exportable.`, {
      hint: 'bring it back as exportable from a backup (certutil -importPFX without NoExport), or let a new key take its place: certutil -renewCert after CA\\CSP\\Provider is set',
    });
    return [findingOf('error', refused)];
  });
}

function nameOf({ container, provider, entries }: OwnKey): string {
  return `The key ${container} of CA certificate ${entries.map(({ index }) => index).join(', ')} under ${provider}`;
}

/** Keys in several providers: what is left where only the newest key was moved. */
function providerFindings({ keys, entries }: OwnKeys, configuration: Configuration): Finding[] {
  const findings: Finding[] = [];
  const providers = [...new Set(keys.map(({ provider }) => provider))];
  if (providers.length > 1) {
    findings.push({
      severity: 'warning',
      text: `The CA's keys are in ${providers.join(' and ')}: an earlier move took some of them only.`,
      cure: 'the move takes all of them',
    });
  }
  const configured = configuration.string('Provider', 'CSP');
  const newest = keys.find((key) => key.entries.some((own) => own === entries.at(-1)));
  if (newest && configured !== newest.provider) {
    findings.push({
      severity: 'warning',
      text: `CA\\CSP\\Provider is ${configured}, and the newest key is under ${newest.provider}.`,
      cure: 'the move writes CSP and EncryptionCSP; AD CS does not start so (0x80090016)',
    });
  }
  return findings;
}

const DAY_MS = 86_400_000;

async function lifeFindings(
  ports: MigrationPorts,
  { entries }: OwnKeys,
  configuration: Configuration,
): Promise<Finding[]> {
  const newest = entries.at(-1);
  if (!newest?.isNewest) return [];
  const { certificate } = newest.entry;
  const { notAfter } = certificate.tbsCertificate.validity;
  const now = ports.clock.now().getTime();
  if (newest.hasEnded) {
    const ended = hresult('CERT_E_EXPIRED', `The newest CA certificate ended ${notAfter.toISOString()}.`, {
      hint: 'renew it first: certutil -renewCert ReuseKeys',
    });
    return [findingOf('error', ended)];
  }
  const findings: Finding[] = [];
  if (notAfter.getTime() - now < 30 * DAY_MS) {
    const text = `The newest CA certificate ends ${notAfter.toISOString()}.`;
    findings.push({ severity: 'warning', text, cure: 'certutil -renewCert' });
  }
  const chain = await attempt(async () =>
    validateChain({ ports, certificates: await ownCertificates(ports, configuration) }, certificate),
  );
  if (chain instanceof HresultError)
    findings.push(findingOf('warning', chain, { text: `The chain of the newest CA certificate: ${chain.message}` }));
  return findings;
}

/** Keys of the CA that no certificate names: of an import that was made twice, or a move that was half done. */
async function leftOverKeys(
  { providers }: MigrationPorts,
  { keys }: OwnKeys,
  { keys: moves }: MigrationPlan,
): Promise<Finding[]> {
  const own = new Set(keys.map(publicKeyName));
  const used = new Set(
    [...keys, ...moves.map(({ to }) => to)].map(({ provider, container }) => `${provider}\n${container}`),
  );
  const findings: Finding[] = [];
  for (const provider of providers.all) {
    for (const { container, publicKey } of await provider.listKeys()) {
      if (!own.has(publicKeyName({ publicKey })) || used.has(`${provider.name}\n${container}`)) continue;
      findings.push({
        severity: 'warning',
        text: `${provider.name} has a key of the CA in ${container}, which no certificate names.`,
        cure: `certutil -csp "${provider.name}" -delkey "${container}"`,
      });
    }
  }
  return findings;
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
  const why = kind.type === 'ec' ? 'has no elliptic curves' : isPss ? 'knows no RSASSA-PSS' : undefined;
  const sha2 = type !== 24 && type !== 12 && isSha2 ? `signs no ${hash}` : undefined;
  for (const text of [why, sha2]) {
    if (text === undefined) continue;
    const unable = hresult('NTE_BAD_ALGID', `${name}, a CSP of type ${type}, ${text}.`, {
      hint: 'choose a key storage provider, or Microsoft Enhanced RSA and AES Cryptographic Provider for RSA with SHA-2',
    });
    findings.push(findingOf('error', unable));
  }
  return findings;
}
