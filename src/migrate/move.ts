/** The steps of a move. Each can be done again after a crash in its middle, and finds what it did before. */
import { type AuditContext, audit } from '#ca/audit/audit';
import { type Authority, configString } from '#ca/authority';
import { readConfiguration } from '#ca/config/configuration';
import { crlIssuers } from '#ca/crl/crl-issuers';
import { newestCrl } from '#ca/crl/newest-crl';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { issueExchangeCertificate } from '#ca/exchange/issue-exchange-certificate';
import { closeKeys, startAuthority } from '#ca/install/start';
import type { Write } from '#ca/ports';
import { openKeyOf } from '#ca/renew/key-spec';
import type { KeyProvInfo } from '#certstore/ports/certificate-store';
import { attempt } from '#doctor/finding';
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { isSignedBy } from '#pki/x509/certificate';
import { decodeCertificateList, isCertificateListSignedBy } from '#pki/x509/certificate-list';
import { withKeyBytes } from './key-bytes.ts';
import type { EntryChange, KeyMove, KeyPlace, MigrationPlan } from './plan.ts';
import type { MigrationPorts } from './ports.ts';
import { proveKey } from './proof.ts';

/** Throws NTE_EXISTS where another key took the place meanwhile, and what the providers throw. */
export async function copyKey(ports: MigrationPorts, { from, to, publicKey, exportable }: KeyMove): Promise<void> {
  const { engine, providers } = ports;
  const there = await attempt(() => openKeyOf(providers, to));
  if (there instanceof HresultError) {
    if (there.symbol !== 'NTE_BAD_KEYSET' && there.symbol !== 'NTE_NO_KEY') throw there;
    const source = await openKeyOf(providers, from);
    try {
      await proveKey(source, publicKey, engine);
      const policy = { exportable, archivable: false };
      const { container, keySpec } = to;
      await withKeyBytes(source, engine, async (pkcs8) => {
        (await providers.byName(to.provider).importKey(pkcs8, { container, keySpec, policy })).close();
      });
    } finally {
      source.close();
    }
  } else there.close();
  await provePlace(ports, to, publicKey);
}

export async function provePlace(
  { engine, providers }: MigrationPorts,
  place: KeyPlace,
  publicKey: string,
): Promise<void> {
  const key = await openKeyOf(providers, place);
  try {
    await proveKey(key, publicKey, engine);
  } finally {
    key.close();
  }
}

/** The entries of My, then both keys of the settings in one unit. */
export async function switchOver(ports: MigrationPorts, plan: MigrationPlan, subject: string): Promise<void> {
  await setEntries(ports, plan.entries, ({ after }) => after);
  await commitSettings(
    ports,
    plan.settings.map(({ path, name, after }): Write => ({ set: 'Registry', path, name, value: after })),
    subject,
  );
}

export async function switchBack(ports: MigrationPorts, plan: MigrationPlan, subject: string): Promise<void> {
  await setEntries(ports, plan.entries, ({ before }) => before);
  await commitSettings(
    ports,
    plan.settings.map(
      ({ path, name, before }): Write =>
        before === null ? { remove: 'Registry', path, name } : { set: 'Registry', path, name, value: before },
    ),
    subject,
  );
}

async function setEntries(
  { certificateStores }: MigrationPorts,
  changes: readonly EntryChange[],
  of: (change: EntryChange) => KeyProvInfo,
): Promise<void> {
  const my = certificateStores.open('My');
  for (const entry of await my.list()) {
    const change = changes.find(({ thumbprint }) => thumbprint === entry.thumbprint);
    if (change) await my.setProperty(entry, 'keyProvInfo', of(change));
  }
}

async function commitSettings({ clock, database }: MigrationPorts, writes: Write[], subject: string): Promise<void> {
  const configuration = await readConfiguration(database);
  const context: AuditContext = { time: clock.now(), subject, configuration };
  const changed = writes.filter((write) => {
    if (!('path' in write)) return true;
    const now = configuration.value(write.name, write.path);
    const wanted = 'set' in write && write.set === 'Registry' ? write.value : undefined;
    return now?.type !== wanted?.type || now?.data !== wanted?.data;
  });
  const told = changed.flatMap((write) => {
    if (!('path' in write)) return [];
    const value = 'set' in write && write.set === 'Registry' ? String(write.value.data) : '(deleted)';
    return audit(context, 'configurationChanged', [write.path, write.name, value]);
  });
  if (changed.length > 0) await database.commit([...changed, ...told]);
}

/**
 * The CA starts with what was moved; each key signs and is compared with what it was; an exchange certificate and CRLs, which
 * are recorded and audited like all others, are issued and verify. Throws what any of it throws.
 */
export async function proveAuthority(ports: MigrationPorts, plan: MigrationPlan, subject: string): Promise<void> {
  const authority = await startAuthority(ports, { announce: false });
  try {
    for (const { to, publicKey } of plan.keys) await requireInUse(authority, to, publicKey);
    await issueTestCertificate(authority, subject);
    await publishBaseCrl(authority, subject);
    for (const { keyIndex, certificate } of crlIssuers(authority)) {
      const newest = await newestCrl(ports.database, keyIndex);
      const list = newest && decodeCertificateList(newest.raw);
      const key = certificate.tbsCertificate.subjectPublicKeyInfo;
      if (!list || !(await isCertificateListSignedBy(list, key, ports.engine)))
        throw hresult('NTE_BAD_SIGNATURE', `The test CRL of key ${keyIndex} does not verify.`);
    }
  } finally {
    closeKeys(authority);
  }
}

async function requireInUse(authority: Authority, place: KeyPlace, publicKey: string): Promise<void> {
  const used = authority.certificates.filter(({ key }) => key && formatHex(key.publicKey) === publicKey);
  for (const { index, key } of used) {
    if (key!.provider !== place.provider)
      throw hresult('NTE_BAD_KEYSET', `CA certificate ${index} still uses ${key!.provider}.`);
    await proveKey(key!, publicKey, authority.ports.engine);
  }
  if (used.length === 0) throw hresult('NTE_BAD_KEYSET', `The CA did not take the key ${place.container}.`);
}

/** The CA exchange certificate: the one certificate a CA issues to itself anyhow, and it proves EncryptionCSP too. */
async function issueTestCertificate(authority: Authority, subject: string): Promise<void> {
  const { certificate, key } = await issueExchangeCertificate(authority, subject);
  key.close();
  const issuer = authority.current.certificate.tbsCertificate.subjectPublicKeyInfo;
  if (await isSignedBy(certificate, issuer, authority.ports.engine)) return;
  throw hresult('NTE_BAD_SIGNATURE', `The test certificate of ${configString(authority)} does not verify.`);
}

/** What was left where it is, and why. */
export interface KeptKey {
  readonly place: KeyPlace;
  readonly why: string;
}

/**
 * The old key, once the new one has proved itself. It stays where something else would go with it: another key of the same
 * container, or another certificate of this machine that names it.
 */
export async function deleteOldKey(
  ports: MigrationPorts,
  { from, to, publicKey }: KeyMove,
  plan: MigrationPlan,
): Promise<KeptKey | undefined> {
  const provider = ports.providers.byName(from.provider);
  const held = (await provider.listKeys()).filter(({ container }) => container === from.container);
  if (held.length === 0) return undefined;
  if (held.some((key) => formatHex(key.publicKey) !== publicKey))
    return { place: from, why: 'its container holds another key as well' };
  const own = new Set(plan.entries.map(({ thumbprint }) => thumbprint));
  // Enrollment under a CSP writes the unique name.
  const names = new Set([from.container, ...held.map(({ uniqueName }) => uniqueName)]);
  for (const store of ports.certificateStores.all) {
    for (const { thumbprint, properties } of await store.list()) {
      const { keyProvInfo } = properties;
      if (own.has(thumbprint) || keyProvInfo?.provider !== from.provider) continue;
      if (names.has(keyProvInfo.container)) return { place: from, why: `the certificate ${thumbprint} names it` };
    }
  }
  await provePlace(ports, to, publicKey);
  await provider.deleteKey(from.container);
  return undefined;
}

/** Takes back a copy; what lay there before the move stays. */
export async function removeCopy({ providers }: MigrationPorts, { to, publicKey, isThere }: KeyMove): Promise<void> {
  if (isThere) return;
  const key = await attempt(() => openKeyOf(providers, to));
  if (key instanceof HresultError) {
    if (key.symbol === 'NTE_BAD_KEYSET' || key.symbol === 'NTE_NO_KEY') return;
    throw key;
  }
  key.close();
  if (formatHex(key.publicKey) === publicKey) await providers.byName(to.provider).deleteKey(to.container, key.keySpec);
}
