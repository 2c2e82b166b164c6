import type { CertificateStore, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import { id_ce_basicConstraints } from '#pki/asn1/oid-table';
import { wipe } from '#pki/crypto/engine';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { decodeBasicConstraints } from '#pki/x509/extensions/basic-constraints';
import { formatName } from '#pki/x509/name-text';
import { orUndefined, readableExtension } from '#pki/x509/readable-extension';
import { endsInRoot } from '#recover/chain';
import { refuseEpf } from '../../certutil/import-pfx.ts';
import { type Imported, type ImportedCertificate, importPfx, tellOfLeftKeys } from '../../certutil/pfx/import.ts';
import type { IMPORT_MODIFIERS } from '../../certutil/pfx/modifiers.ts';
import { certificateName, shortName } from '../../certutil/store/certificate-name.ts';
import { ctlName } from '../../certutil/store/ctl-listing.ts';
import { fileEntries, propertiesHere } from '../../certutil/store/file-entries.ts';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { filePassword } from './password.ts';
import { openPlace, type Place } from './place.ts';

/**
 * `certhaven certificate import FILE`: a PFX, certificates, CRLs, a PKCS #7 message or a serialized store. The store is chosen by what it is, as
 * the wizard does, unless --store names it; what is to be trusted as a root is asked about.
 */
export async function importFile(context: CommandContext, file: string): Promise<Json> {
  const { console, option } = context;
  refuseEpf(file);
  const place = await openPlace(context, option('in'));
  const bytes = await console.readFile(file);
  // A damaged PFX is told as one.
  const isPfx = /\.(?:pfx|p12)$/i.test(file) || orUndefined(() => readPfxFile(bytes)) !== undefined;
  const {
    certificates: added,
    keys,
    leftKeys,
  } = isPfx
    ? await importWithKeys(context, bytes, file, place)
    : { certificates: await importCertificates(context, file, bytes, place), keys: [], leftKeys: [] };
  // A key may come without a certificate: certutil -repairstore joins the two when it follows.
  for (const { container, provider } of keys) context.out(`Private key: ${container} (${provider})`);
  for (const { name, store, result } of added) {
    context.out(`"${name}" ${result === 'added' ? 'added to' : 'is already in'} the store ${store}.`);
  }
  tellOfLeftKeys(console, leftKeys, !place.isMachine);
  return {
    place: place.name,
    added: added.map((one) => ({ ...one })),
    keys: keys.map((key) => ({ ...key })),
    leftKeys: leftKeys.map((key) => ({ ...key })),
  };
}

async function importWithKeys(
  context: CommandContext,
  content: Uint8Array,
  file: string,
  place: Place,
): Promise<Imported> {
  const { flag, option } = context;
  const bytes = readPfxFile(content);
  const contents = await openPfx(bytes, await filePassword(context, file), place.engine);
  try {
    const flags = new Set<(typeof IMPORT_MODIFIERS.flags)[number]>();
    if (flag('not-exportable')) flags.add('NoExport');
    // The wizard's strong private key protection: a password each time the key is used.
    if (flag('protect')) flags.add('ProtectHigh');
    const others = pairKeys(contents).others.map(({ certificate }) => decodeCertificate(certificate));
    if (!(await areRootsWanted(context, others, place))) flags.add('NoRoot');
    return await importPfx(contents, place, {
      store: place.stores.open(option('store') ?? 'My'),
      modifiers: { flags, values: new Map() },
      csp: option('provider'),
      retryLine: '--provider "Microsoft Software Key Storage Provider"',
    });
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
}

async function importCertificates(
  context: CommandContext,
  file: string,
  bytes: Uint8Array,
  place: Place,
): Promise<readonly ImportedCertificate[]> {
  const { certificates, crls, ctls } = await fileEntries(context, file, bytes);
  const named = context.option('store');
  const chosen: (Chosen & { readonly store: CertificateStore })[] = [];
  for (const entry of certificates) {
    const properties = await propertiesHere(entry, place);
    const { certificate } = entry;
    const store = place.stores.open(named ?? (await storeFor({ certificate, properties }, place)));
    chosen.push({ certificate, properties, store });
  }
  const roots = chosen.filter(({ store }) => store.name === 'Root').map(({ certificate }) => certificate);
  if (!(await areRootsWanted(context, roots, place))) {
    throw hresult('ERROR_CANCELLED', 'Nothing was imported.', { hint: '--store CA imports it without trusting it' });
  }
  const added: ImportedCertificate[] = [];
  for (const { certificate, properties, store } of chosen) {
    const result = await store.add(certificate.raw, properties);
    added.push({ name: certificateName(certificate), store: store.name, result });
  }
  const storeOfCrls = place.stores.open(named ?? 'CA');
  for (const { crl } of crls) {
    const result = await storeOfCrls.addCrl(crl.raw);
    added.push({ name: shortName(crl.tbsCertList.issuer), store: storeOfCrls.name, result });
  }
  const storeOfCtls = place.stores.open(named ?? 'Trust');
  for (const { ctl } of ctls) {
    const result = await storeOfCtls.addCtl(ctl.raw);
    added.push({ name: ctlName(ctl), store: storeOfCtls.name, result });
  }
  return added;
}

type Chosen = Pick<StoreEntry, 'certificate' | 'properties'>;

/** Those whose key is here, roots, CAs, and all others: those of other people, because one's own come with a key. */
async function storeFor(
  { certificate, properties }: Chosen,
  { engine }: Place,
): Promise<'My' | 'Root' | 'CA' | 'AddressBook'> {
  if (properties.keyProvInfo) return 'My';
  if (await endsInRoot([certificate], engine)) return 'Root';
  const { extensions } = certificate.tbsCertificate;
  const constraints = readableExtension(extensions, id_ce_basicConstraints, decodeBasicConstraints);
  return constraints?.cA ? 'CA' : 'AddressBook';
}

/** Asks about each root that is not trusted yet; --yes answers for all. */
async function areRootsWanted(
  { console, flag, out }: CommandContext,
  certificates: readonly Certificate[],
  { stores, engine }: Place,
): Promise<boolean> {
  const known = await stores.open('Root').list();
  for (const certificate of certificates) {
    if (!(await endsInRoot([certificate], engine))) continue;
    if (known.some((entry) => isSameBytes(entry.certificate.raw, certificate.raw)) || flag('yes')) continue;
    out(`Root: ${formatName(certificate.tbsCertificate.subject)}`);
    out(`  Cert Hash(sha256): ${formatHex(await engine.digest('sha256', certificate.raw))}`);
    const answer = await console.prompt('Trust it, and all that it issues? (yes/no)', { aside: flag('json') });
    if (!/^y(?:es)?$/i.test(answer.trim())) return false;
  }
  return true;
}
