import type { CertificateStore, DamagedEntry, PhysicalStore, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { oidByDotted } from '#pki/asn1/oid-table';
import { formatName } from '#pki/x509/name-text';
import { purposesOf } from '#pki/x509/purposes';
import { certificateName, shortName } from '../../certutil/store/certificate-name.ts';
import { damagedLines, readableEntries } from '../../certutil/store/damaged.ts';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { openPlace } from './place.ts';

/** The views of the snap-in Certificates: its logical stores, their physical parts, and the purposes. */
const VIEWS = ['store', 'physical', 'purpose'] as const;

/** As the snap-in calls the parts of a store; the directory is no part of it there, because it is copied. */
const PHYSICAL_NAMES: Readonly<Record<PhysicalStore, string>> = {
  '.Default': 'Registry',
  '.LocalMachine': 'Local Computer',
  '.Enterprise': 'Enterprise',
  '.Directory': 'Active Directory',
};

interface Listed {
  readonly store: CertificateStore;
  readonly entry: StoreEntry;
  /** Names of purposes; undefined for all. */
  readonly purposes: readonly string[] | undefined;
}

/** `certhaven certificate list`: one's own where --in names no others; archived ones with --archived. */
export async function listCertificates(context: CommandContext): Promise<Json> {
  const { flag, option, out } = context;
  const view = viewOf(option('by'));
  const place = await openPlace(context, option('in'));
  const name = option('store');
  const stores = name === undefined ? place.stores.all : [place.stores.open(name)];
  const all: Listed[] = [];
  const damaged: DamagedEntry[] = [];
  for (const store of stores) {
    damaged.push(...(await store.listDamaged()).filter(({ kind }) => kind === 'certificate'));
    // One that is named and cannot be read fails with its code; among others it keeps none of them back.
    const entries = name === undefined ? ((await readableEntries(store)) ?? []) : await store.list();
    for (const entry of entries) {
      if (entry.properties.archived && !flag('archived')) continue;
      all.push({ store, entry, purposes: purposesOf(entry.certificate)?.map(purposeName) });
    }
  }
  const groups = Map.groupBy(
    all.flatMap((listed) => groupsOf(listed, view).map((group) => ({ group, listed }))),
    ({ group }) => group,
  );
  for (const [i, [group, members]] of [...groups].entries()) {
    if (i > 0) out();
    out(group);
    for (const { listed } of members) for (const line of lines(listed, view)) out(`  ${line}`);
  }
  for (const line of damagedLines(damaged)) out(line);
  return all.map(json);
}

/** Throws ERROR_INVALID_PARAMETER. */
function viewOf(typed: string | undefined): (typeof VIEWS)[number] {
  const found = VIEWS.find((view) => view === (typed ?? 'store').toLowerCase());
  if (found) return found;
  throw hresult('ERROR_INVALID_PARAMETER', `There is no view by ${typed}.`, { hint: `--by ${VIEWS.join('|')}` });
}

function groupsOf({ store, entry, purposes }: Listed, view: (typeof VIEWS)[number]): readonly string[] {
  if (view === 'purpose') return purposes ?? ['<All>'];
  return [view === 'store' ? store.displayName : `${store.displayName} - ${PHYSICAL_NAMES[entry.physicalStore]}`];
}

function purposeName(purpose: string): string {
  return oidByDotted(purpose)?.displayName ?? purpose;
}

/** The columns of the snap-in. */
function lines({ store, entry, purposes }: Listed, view: (typeof VIEWS)[number]): string[] {
  const { certificate, properties, thumbprint } = entry;
  const { issuer, validity } = certificate.tbsCertificate;
  return [
    certificateName(certificate),
    ...(view === 'purpose' ? [`  Certificate Store: ${store.displayName}`] : []),
    `  Issued By: ${shortName(issuer)}`,
    `  Expiration Date: ${formatDate(validity.notAfter)}`,
    `  Intended Purposes: ${purposes?.join(', ') ?? '<All>'}`,
    `  Friendly Name: ${properties.friendlyName ?? '<None>'}`,
    ...(properties.archived ? ['  Status: Archived'] : []),
    ...(properties.keyProvInfo ? [`  Private key: ${properties.keyProvInfo.container}`] : []),
    `  Cert Hash(sha1): ${thumbprint}`,
  ];
}

function json({ store, entry, purposes }: Listed): { readonly [name: string]: Json | undefined } {
  const { subject, issuer, validity } = entry.certificate.tbsCertificate;
  return {
    store: store.name,
    physicalStore: entry.physicalStore,
    thumbprint: entry.thumbprint,
    subject: formatName(subject),
    issuer: formatName(issuer),
    notAfter: validity.notAfter.toISOString(),
    purposes: purposes ?? null,
    friendlyName: entry.properties.friendlyName,
    archived: entry.properties.archived,
    container: entry.properties.keyProvInfo?.container,
  };
}
