/** Starting a CA: its configuration, certificates and key, its key recovery agents, what a crash left unfinished. */
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { applicationEvent } from '../audit/application-events.ts';
import { audit } from '../audit/audit.ts';
import { databaseHash } from '../audit/database-hash.ts';
import { type Authority, configString } from '../authority.ts';
import type { CaCertificate, CurrentCa } from '../ca-certificate.ts';
import { requireOwnLife } from '../chain/own-life.ts';
import { OwnRevocation } from '../chain/own-revocation.ts';
import { signatureSchemeOf } from '../config/ca-signature-scheme.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { AUDITFILTER, CA_TYPE } from '../config/registry-flags.ts';
import { sanitizeName, sanitizeShortName } from '../config/sanitized-name.ts';
import { Turn } from '../crl/turn.ts';
import { EncryptionProvider } from '../exchange/encryption-provider.ts';
import { ExchangeKeys } from '../exchange/exchange-keys.ts';
import { KraRing } from '../kra/kra-ring.ts';
import { KraWatch } from '../kra/kra-watch.ts';
import { loadKras } from '../kra/load-kras.ts';
import type { AuthorityPorts, KeyLocation } from '../ports.ts';
import { finishRenewal } from '../renew/complete-renewal.ts';
import { openKeyOf } from '../renew/key-spec.ts';
import { publishRenewed } from '../renew/publish-renewed.ts';
import { finishSignings } from '../request/finish-signings.ts';
import { Unfinished } from '../request/unfinished.ts';
import { isRoleSeparated } from '../roles/rights.ts';
import { TemplateCatalog, type TemplatesLoaded } from '../template/template-catalog.ts';
import { templateEvents } from '../template/template-events.ts';
import { checkDirectory } from './check-directory.ts';
import { KeyUses } from './key-uses.ts';
import { ownCertificates } from './own-certificates.ts';
import { publishServerName } from './publish-authority.ts';

export interface StartOptions {
  /** Write start, stop and the state of the KRAs into the logs: a service does, a command that only looks in does not. */
  readonly announce: boolean;
}

/**
 * Throws ERROR_FILE_NOT_FOUND where the database holds no CA, CRYPT_E_NOT_FOUND where its certificate is in no store,
 * NTE_BAD_KEYSET where its key is gone, NTE_BAD_KEY where the key is another, CERT_E_EXPIRED where its certificate is not
 * valid now (document 003: a CA without a valid certificate does not start).
 */
export async function startAuthority(ports: AuthorityPorts, { announce }: StartOptions): Promise<Authority> {
  const { clock, database, engine } = ports;
  const configured = await readConfiguration(database);
  const commonName = configured.string('CommonName');
  if (commonName === undefined) {
    throw hresult('ERROR_FILE_NOT_FOUND', 'The database holds no certification authority.', {
      hint: 'install one: certhaven install-ca',
    });
  }
  const serverName = configured.required('CAServerName');
  const started = await finishRenewal(ports, configured, configString({ serverName, commonName }));
  const recordTemplates: TemplatesLoaded = async (before, after) => {
    const configuration = await readConfiguration(database);
    const context = { time: clock.now(), subject: configString({ serverName, commonName }), configuration };
    const writes = templateEvents(context, ports.directory, before, after);
    if (writes.length > 0) await database.commit(writes);
  };
  const keyUses = new KeyUses();
  const certificates = await caCertificates(ports, started, keyUses);
  const current = currentCa(certificates, started, clock.now());
  const identity = {
    ports,
    commonName,
    sanitizedName: sanitizeName(commonName),
    serverName,
    enterprise: (started.dword('CAType') ?? 0) === CA_TYPE.ENUM_ENTERPRISE_ROOTCA,
    certificates,
    current,
    keyUses,
    started,
    exchangeKeys: new ExchangeKeys(),
    encryptionProvider: new EncryptionProvider(),
    crlTurn: new Turn(),
    ownRevocation: new OwnRevocation(),
    unfinished: new Unfinished(),
    templates: new TemplateCatalog(ports.directory, sanitizeShortName(commonName), recordTemplates),
  };
  const { valid, used, events } = await loadKras(identity);
  const kraRing = new KraRing(valid, used, randomNumber(engine.random(4)));
  const kraWatch = new KraWatch(kraRing);
  const kraEvents = [...events, ...kraWatch.events(clock.now())];
  const authority: Authority = { ...identity, kraRing, kraWatch };
  await finishSignings(authority);
  await publishRenewed(authority);
  await publishServerName(authority);
  if (!announce) return authority;
  await authority.exchangeKeys.removeStale(authority);
  const directoryEvents = await checkDirectory(authority);
  const context = { time: clock.now(), subject: configString(authority), configuration: started };
  await database.commit([
    ...[...kraEvents, ...directoryEvents].map((record) => ({ append: 'Events' as const, record })),
    { append: 'Events', record: applicationEvent(clock.now(), 26, authority.commonName) },
    ...audit(context, 'serviceStarted', await serviceFields(authority)),
    ...audit(context, 'roleSeparationChanged', [isRoleSeparated(started) ? 'Yes' : 'No']),
  ]);
  return authority;
}

/** Throws as `commit` where the stop cannot be recorded; keys and database are closed all the same. */
export async function stopAuthority(authority: Authority, { announce }: StartOptions): Promise<void> {
  const { database } = authority.ports;
  try {
    if (announce) await announceStop(authority);
  } finally {
    closeKeys(authority);
    await database.close();
  }
}

async function announceStop(authority: Authority): Promise<void> {
  const { clock, database } = authority.ports;
  const context = { time: clock.now(), subject: configString(authority), configuration: authority.started };
  await database.commit([
    { append: 'Events', record: applicationEvent(clock.now(), 38, authority.commonName) },
    ...audit(context, 'serviceStopped', await serviceFields(authority)),
  ]);
}

/** For who ends a CA and goes on with its database. */
export function closeKeys({ certificates, exchangeKeys }: Authority): void {
  exchangeKeys.close();
  for (const { key } of certificates) key?.close();
}

/**
 * The same CA as its configuration is now, over the same ports, once nothing of `authority` is under way any more. Throws as
 * `startAuthority`; then neither runs, and the database is still open.
 */
export async function restartAuthority(authority: Authority, options: StartOptions): Promise<Authority> {
  if (options.announce) await announceStop(authority);
  closeKeys(authority);
  return startAuthority(authority.ports, options);
}

/** What audit 4880 and 4881 tell, where they tell anything: the database is not read for nothing. */
async function serviceFields({ current, keyUses, ports, started }: Authority): Promise<string[]> {
  if (!started.hasFlag('AuditFilter', AUDITFILTER.STARTSTOP)) return [];
  const { database, engine } = ports;
  const { raw, tbsCertificate } = current.certificate;
  const sha1 = async (data: Uint8Array) => formatHex(await engine.digest('sha1', data));
  // A damaged row keeps no CA from starting: whoever asks for it is told.
  const hash = await databaseHash(database, engine).catch((error: unknown) => {
    if (error instanceof HresultError) return formatHresult(error.hresult);
    throw error;
  });
  return [hash, String(keyUses.count), await sha1(raw), await sha1(tbsCertificate.subjectPublicKeyInfo.raw)];
}

function randomNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}

async function caCertificates(
  ports: AuthorityPorts,
  configuration: Configuration,
  keyUses: KeyUses,
): Promise<CaCertificate[]> {
  const found: CaCertificate[] = [];
  const own = await ownCertificates(ports, configuration);
  for (const { key: location, ...certificate } of own) {
    const { subjectPublicKeyInfo } = certificate.certificate.tbsCertificate;
    const open = openCaKey(ports, location, subjectPublicKeyInfo.raw);
    // An earlier certificate without its key still verifies; the newest has to sign.
    const isNewest = certificate.index === own.at(-1)!.index;
    const key = await (isNewest ? open : unlessUnavailable(open));
    found.push({ ...certificate, key: key && keyUses.of(key) });
  }
  return found;
}

async function openCaKey(
  ports: AuthorityPorts,
  location: KeyLocation | undefined,
  publicKey: Uint8Array,
): Promise<ProviderKey> {
  if (location === undefined) throw hresult('NTE_BAD_KEYSET', 'The CA certificate in the My store names no key.');
  const key = await openKeyOf(ports.providers, location);
  if (!isSameBytes(key.publicKey, publicKey))
    throw hresult('NTE_BAD_KEY', `Container ${location.container} holds another key than the CA certificate's.`);
  return key;
}

async function unlessUnavailable(key: Promise<ProviderKey>): Promise<ProviderKey | undefined> {
  try {
    return await key;
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}

function currentCa(certificates: readonly CaCertificate[], configuration: Configuration, now: Date): CurrentCa {
  const newest = certificates.at(-1);
  if (newest?.key === undefined) throw hresult('CRYPT_E_NOT_FOUND', 'CACertHash lists no certificate that is in use.');
  const { index, keyIndex, certificate, key } = newest;
  requireOwnLife(certificate, now);
  return { index, keyIndex, certificate, key, scheme: signatureSchemeOf(configuration, key.publicKey) };
}
