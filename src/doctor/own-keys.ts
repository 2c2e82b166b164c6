/** The CA's certificates and their keys, each opened and looked at once, with what is wrong with it. */
import type { ChainOwner } from '#ca/chain/validate-chain';
import type { Configuration } from '#ca/config/configuration';
import { type KeyBackup, keyBackups } from '#ca/config/key-backups';
import { plainHash } from '#ca/config/plain-hash';
import { openKeyOf } from '#ca/renew/key-spec';
import type { StoreEntry } from '#certstore/ports/certificate-store';
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import type { KeyProviders, KeySpec } from '#pki/crypto/key-provider';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatSerial } from '#pki/x509/serial-number';
import { attempt, type Diagnosis, diagnosis, diagnosisOf } from './finding.ts';
import { keySpecRepair } from './key-spec-repair.ts';
import type { DoctorPorts } from './ports.ts';

/** A certificate of CACertHash with its entry in My. */
export interface OwnEntry {
  readonly index: number;
  /** The index of the certificate that first had this key. */
  readonly keyIndex: number;
  readonly entry: StoreEntry;
  readonly serialNumber: string;
  readonly hasEnded: boolean;
  readonly isNewest: boolean;
}

/** A key of the CA: where it is, and which certificates it is of. */
export interface OwnKey {
  readonly provider: string;
  readonly container: string;
  readonly keySpec: KeySpec;
  readonly isCsp: boolean;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly exportable: boolean;
  readonly encryptedExport: boolean;
  /** SDDL; empty for the one all keys of the set have. */
  readonly securityDescriptor: string;
  readonly entries: readonly OwnEntry[];
}

export interface OwnKeys {
  readonly entries: readonly OwnEntry[];
  /** In the order of the certificates that first had them. */
  readonly keys: readonly OwnKey[];
  readonly findings: readonly Diagnosis[];
}

export async function ownKeys(
  ports: Pick<DoctorPorts, 'certificateStores' | 'clock' | 'providers'>,
  configuration: Configuration,
): Promise<OwnKeys> {
  const { entries, findings } = await ownEntries(ports, configuration);
  const keys: OwnKey[] = [];
  const found: Diagnosis[] = [...findings];
  const backups = keyBackups(configuration);
  for (const own of entries) {
    const key = await attempt(() => lookAtKey(ports.providers, own));
    if (key instanceof HresultError) {
      // Into a key set that does not open nothing can be restored.
      const isOpen = ports.providers.all.length > 0;
      found.push(keyFinding(own, key, isOpen ? backups.get(own.entry.thumbprint) : undefined));
      continue;
    }
    const known = keys.findIndex(({ provider, container }) => provider === key.provider && container === key.container);
    if (known < 0) keys.push(key);
    else keys[known] = { ...keys[known]!, entries: [...keys[known]!.entries, own] };
    found.push(...entryFindings(own, key));
  }
  return { entries, keys, findings: found };
}

async function ownEntries(
  { certificateStores, clock }: Pick<DoctorPorts, 'certificateStores' | 'clock'>,
  configuration: Configuration,
): Promise<{ readonly entries: OwnEntry[]; readonly findings: Diagnosis[] }> {
  const stored = await certificateStores.open('My').list();
  const hashes = configuration.strings('CACertHash').map(plainHash);
  const entries: OwnEntry[] = [];
  const findings: Diagnosis[] = [];
  for (const [index, thumbprint] of hashes.entries()) {
    if (thumbprint === '-') {
      const text = `CA certificate ${index} is retired, "-" in CACertHash.`;
      findings.push(diagnosis('note', 'ca-certificate-retired', text));
      continue;
    }
    const entry = stored.find((candidate) => candidate.thumbprint === thumbprint);
    if (entry === undefined) {
      const gone = hresult('CRYPT_E_NOT_FOUND', `CA certificate ${index} (${thumbprint}) is not in the My store.`, {
        hint: `bring it back with certutil -addstore My FILE, or, where it has ended, write "-" for it in CA\\CACertHash`,
      });
      findings.push(diagnosisOf('error', 'ca-certificate-missing', gone));
      continue;
    }
    const { extensions, serialNumber, validity } = entry.certificate.tbsCertificate;
    entries.push({
      index,
      keyIndex: extensionValue(extensions, EXTENSIONS.caVersion)?.keyIndex ?? index,
      entry,
      serialNumber: formatSerial(serialNumber),
      hasEnded: validity.notAfter < clock.now(),
      isNewest: index === hashes.findLastIndex((hash) => hash !== '-'),
    });
  }
  if (hashes.length === 0) {
    const symbol = 'CRYPT_E_NOT_FOUND';
    const text = 'CACertHash names no certificate of the CA.';
    const cure = 'certutil -setreg "CA\\CACertHash" HASH, the oldest first; certutil -store My tells the hashes';
    findings.push(diagnosis('error', 'ca-certificate-missing', text, { symbol, cure }));
  }
  return { entries, findings };
}

/** As chains are judged by them. */
export function caCertificatesOf({ entries }: Pick<OwnKeys, 'entries'>): ChainOwner['certificates'] {
  return entries.map(({ keyIndex, entry: { certificate } }) => ({ keyIndex, certificate }));
}

/** Throws NTE_BAD_KEYSET (0x80090016), NTE_NO_KEY (0x8009000d), NTE_KEYSET_NOT_DEF, NTE_BAD_KEY (0x80090003), NTE_BAD_KEY_STATE (0x8009000b). */
async function lookAtKey(providers: KeyProviders, own: OwnEntry): Promise<OwnKey> {
  const { index, entry } = own;
  const location = entry.properties.keyProvInfo;
  if (location === undefined)
    throw hresult('NTE_BAD_KEYSET', `CA certificate ${index} names no key in the My store.`, {
      hint: `certutil -repairstore my "${own.serialNumber}" finds it again; certutil -restoreKey brings it back from a backup`,
    });
  const key = await openKeyOf(providers, location);
  try {
    const { publicKey, exportable, securityDescriptor = '' } = key;
    if (!isSameBytes(publicKey, entry.certificate.tbsCertificate.subjectPublicKeyInfo.raw)) {
      throw hresult(
        'NTE_BAD_KEY',
        `Container ${location.container} holds another key than CA certificate ${index}'s.`,
        {
          hint: `repair the entry with certutil -repairstore my "${own.serialNumber}" KeyProv.inf, or, where the certificate has ended, write "-" for it in CA\\CACertHash`,
        },
      );
    }
    const { provider, container, keySpec } = key;
    const isCsp = providers.byName(provider).type !== 0;
    const encryptedExport = key.encryptedExport === true;
    return {
      provider,
      container,
      keySpec,
      isCsp,
      publicKey,
      exportable,
      encryptedExport,
      securityDescriptor,
      entries: [own],
    };
  } finally {
    key.close();
  }
}

/** The newest certificate has to have its key, and so has every one that still has CRLs to sign. */
function keyFinding(
  { index, entry, hasEnded, isNewest }: OwnEntry,
  error: HresultError,
  backup: KeyBackup | undefined,
): Diagnosis {
  const code = error.symbol === 'NTE_BAD_KEY' ? 'ca-key-mismatch' : 'ca-key-missing';
  const isNeeded = isNewest || !hasEnded;
  // An entry that names no key is joined with it again first.
  const isLost = entry.properties.keyProvInfo !== undefined && isGone(error);
  const restoring = backup && isLost ? { cure: restoreFrom(backup, error) } : {};
  if (isNeeded) return diagnosisOf('error', code, error, restoring);
  return diagnosisOf('warning', code, error, {
    text: `${error.detail ?? error.message} CA certificate ${index} has ended; AD CS would not start with it after a move of keys.`,
    cure: `write "-" for it in CA\\CACertHash; it is left where it is`,
  });
}

/** NTE_BAD_DATA: its file is there and damaged. */
function isGone({ symbol }: HresultError): boolean {
  return symbol === 'NTE_BAD_KEYSET' || symbol === 'NTE_NO_KEY' || symbol === 'NTE_BAD_DATA';
}

function restoreFrom({ time, file }: KeyBackup, { symbol }: HresultError): string {
  // With -f the damaged file is put aside.
  const verb = symbol === 'NTE_BAD_DATA' ? 'certutil -f -restoreKey' : 'certutil -restoreKey';
  return `${verb} ${file === undefined ? 'FILE' : `"${file}"`} brings it back from the backup of ${time.toISOString()}`;
}

function entryFindings({ index, entry, serialNumber }: OwnEntry, key: OwnKey): Diagnosis[] {
  const recorded = entry.properties.keyProvInfo!.keySpec;
  if (recorded === key.keySpec) return [];
  const text = `CA certificate ${index} (${serialNumber}) has KeySpec ${recorded} under ${key.provider}: renewal with the same key would fail.`;
  const repair = keySpecRepair(serialNumber, key);
  return [diagnosis('warning', 'key-spec', text, { symbol: 'NTE_BAD_FLAGS', ...repair })];
}

/** Lower-case hex of the key itself, for the journal. */
export function publicKeyName({ publicKey }: Pick<OwnKey, 'publicKey'>): string {
  return formatHex(publicKey);
}
