/** Everything that could make a move fail, looked at before anything is changed. */
import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { validateChain } from '#ca/chain/validate-chain';
import { type Configuration, readConfiguration } from '#ca/config/configuration';
import { plainHash } from '#ca/config/plain-hash';
import { ownCertificates } from '#ca/install/own-certificates';
import { outstandingRenewal } from '#ca/renew/outstanding';
import { isThere } from '#files/durable-file';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import { attempt, type Finding, findingOf } from './finding.ts';
import { leftOverFiles } from './left-over.ts';
import { type OwnKey, type OwnKeys, ownKeys, publicKeyName } from './own-keys.ts';
import { type MigrationPlan, type PlanOptions, planMigration } from './plan.ts';
import type { MigrationPorts } from './ports.ts';
import { movesEncryption } from './settings-plan.ts';

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
    ...(await placeFindings(ports, options)),
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

function settingFindings(
  { providers }: MigrationPorts,
  configuration: Configuration,
  target: KeyStorageProvider,
): Finding[] {
  const findings: Finding[] = [];
  for (const path of ['CSP', 'EncryptionCSP'] as const) {
    const name = configuration.string('Provider', path);
    const type = configuration.dword('ProviderType', path) ?? 0;
    const known = providers.known.find((provider) => provider.name === name);
    if (name !== undefined && known === undefined) {
      const text = `CA\\${path}\\Provider is ${name}, which is no provider of this machine.`;
      findings.push({ severity: 'warning', text, symbol: 'NTE_KEYSET_NOT_DEF', hresult: 0x80090019 });
    } else if (known && known.provType !== type) {
      const text = `CA\\${path}\\ProviderType is ${type}, and ${name} is of type ${known.provType}.`;
      findings.push({ severity: 'warning', text, symbol: 'NTE_PROV_TYPE_NO_MATCH', hresult: 0x8009001b });
    }
  }
  const encryption = configuration.string('Provider', 'EncryptionCSP');
  if (encryption !== undefined && encryption !== target.name && !movesEncryption(configuration, target)) {
    const text = `CA\\EncryptionCSP\\Provider is ${encryption} and stays: exchange keys are made there.`;
    findings.push({ severity: 'note', text });
  }
  return findings;
}

/** Messages that were sealed before the move open with the keys they were sealed to. */
async function exchangeFindings(
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

/** What a disk must have left for keys, stores, database and backup: they are small. */
const NEEDED_BYTES = 16 * 1024 * 1024;

async function placeFindings({ places }: MigrationPorts, { backup }: PreflightOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (`${backup}/`.startsWith(`${places.published}/`)) {
    const open = hresult('ERROR_INVALID_NAME', `${backup} is published to everybody.`, {
      hint: 'choose another folder',
    });
    findings.push(findingOf('error', open));
  }
  for (const place of places.written) {
    const refusal = await attemptAccess(place);
    if (refusal) findings.push(findingOf('error', refusal));
  }
  if (await isThere(backup)) {
    const taken = hresult('ERROR_FILE_EXISTS', backup, { hint: 'choose another folder for the backup' });
    findings.push(findingOf('error', taken));
  }
  const folder = dirname(backup);
  for (const place of [places.home, (await isThere(folder)) ? folder : places.home]) {
    const { bavail, bsize } = await statfs(place);
    if (bavail * bsize >= NEEDED_BYTES) continue;
    findings.push(
      findingOf(
        'error',
        hresult('ERROR_DISK_FULL', `${place} has less than 16 MiB left.`, { hint: 'make room first' }),
      ),
    );
    break;
  }
  return findings;
}

async function attemptAccess(place: string): Promise<HresultError | undefined> {
  try {
    await access(place, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (cause) {
    return hresult('ERROR_ACCESS_DENIED', `${place} cannot be written.`, {
      hint: 'run it as the account that the CA runs as',
      cause,
    });
  }
}

async function leftOverFindings({ places }: MigrationPorts): Promise<Finding[]> {
  return (await leftOverFiles(places)).map((path) => ({
    severity: 'warning',
    text: `${path} may hold a key of the CA.`,
    cure: `certhaven migrate wipe "${path}" overwrites and removes it`,
  }));
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
