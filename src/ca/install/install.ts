/** A new root CA: key, self-signed certificate, configuration, directory objects. Mission of document 003, "Install Certification Authorities". */
import { hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import type { SignatureScheme } from '#pki/crypto/engine';
import type { KeyProviders, ProviderAlgorithm, ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyAlgorithm } from '#pki/crypto/public-key-algorithm';
import { requireCaName } from '#pki/x509/authority-name';
import { decodeCertificate, decodeTbsCertificate, signCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { Name } from '#pki/x509/name';
import { audit } from '../audit/audit.ts';
import type { Caller } from '../authority.ts';
import { signatureSchemeOf } from '../config/ca-signature-scheme.ts';
import { Configuration } from '../config/configuration.ts';
import { addPeriod, type Period } from '../config/period.ts';
import { CA_TYPE } from '../config/registry-flags.ts';
import { initialRegistry, type NewCa } from '../config/registry-values.ts';
import { sanitizeName } from '../config/sanitized-name.ts';
import { certificateColumns, issuerNameId } from '../issue/certificate-row.ts';
import { requireCleanCertificate } from '../issue/require-clean.ts';
import { wholeSeconds } from '../policy/validity.ts';
import type { AuthorityPorts, Write } from '../ports.ts';
import { initialSecurity } from '../roles/rights.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import { formatSddl } from '../template/sddl.ts';
import { decodeSecurityDescriptor } from '../template/security-descriptor.ts';

import { type ExistingCaKey, openExistingKey, requireRootCertificate } from './existing-key.ts';
import { isKnownAuthority, moveAuthority, publishAuthority } from './publish-authority.ts';
import { buildTbsRootCertificate, createCaKey, OWN_STORES } from './root-certificate.ts';
import { UndoList } from './undo-list.ts';

export interface Installation {
  readonly caType: 'enterprise root' | 'stand-alone root';
  /** The whole subject, of its certificate too where there is one; its CN is the CA's name. */
  readonly subject: Name;
  /** Of the certificate, where there is none yet. */
  readonly validity: Period;
  readonly provider: string;
  /** What is made, or what is there. */
  readonly key: { readonly algorithm: ProviderAlgorithm } | ExistingCaKey;
  /** `SHA256`. */
  readonly hashAlgorithm: string;
  /** DNS name of the machine; fixed afterwards. */
  readonly serverName: string;
  readonly description: string;
  /** Where CRLs and CA certificates are written. */
  readonly certEnrollDirectory: string;
}

/**
 * Leaves a CA that can be started. Throws ERROR_ALREADY_EXISTS where the database belongs to a CA already or the directory
 * has another one of this name, what existing-key says of a key that is there, and what provider, stores and directory throw:
 * then everything it had made is taken back. The database is written last: after a power cut it holds a whole CA or none.
 */
export async function installRootCa(
  ports: AuthorityPorts,
  installer: Caller,
  installation: Installation,
): Promise<void> {
  const { clock, database, directory, engine, providers } = ports;
  if ((await database.registry()).length > 0)
    throw hresult('ERROR_ALREADY_EXISTS', 'This database belongs to a CA already.', {
      hint: 'set CERTHAVEN_HOME to another folder for another CA',
    });
  const enterprise = installation.caType === 'enterprise root';
  const existing = 'container' in installation.key ? installation.key.certificate : undefined;
  if (existing) await requireRootCertificate(existing, engine, clock.now());
  const name = requireCaName(installation.subject);
  const isKnown = enterprise && (await isKnownAuthority(directory, name, existing?.raw));
  const undo = new UndoList();
  let key: ProviderKey | undefined;
  try {
    key = await openOrCreateKey(providers, installation, undo);
    const ca = newCa(ports, installation, publicKeyAlgorithm(key.publicKey));
    const initial = initialRegistry(ca);
    const scheme = signatureSchemeOf(new Configuration(initial), key.publicKey);
    const certificate = existing?.raw ?? (await selfSignedCertificate(ports, installation, key, scheme));
    if (isKnown) {
      await moveAuthority(directory, ca, undo);
    } else if (enterprise) {
      await publishAuthority(directory, ca, certificate, undo);
    }
    await storeCertificate(ports, certificate, key, undo);
    await recordCa(ports, installer, ca, initial, certificate);
  } catch (error) {
    await undo.run();
    throw error;
  } finally {
    key?.close();
  }
}

async function openOrCreateKey(
  providers: KeyProviders,
  { key, provider, subject }: Installation,
  undo: UndoList,
): Promise<ProviderKey> {
  if ('container' in key) return openExistingKey(providers, provider, key);
  const container = sanitizeName(requireCaName(subject));
  const made = await createCaKey(providers, { provider, algorithm: key.algorithm, container, exportable: true });
  undo.push(() => providers.byName(provider).deleteKey(made.container, made.keySpec));
  return made;
}

async function storeCertificate(
  { stores }: AuthorityPorts,
  certificate: Uint8Array,
  { provider, container, keySpec }: ProviderKey,
  undo: UndoList,
): Promise<void> {
  for (const store of OWN_STORES) {
    const entry = (await stores.list(store)).find((each) => isSameBytes(each.certificate, certificate));
    if (!entry) undo.push(() => stores.remove(store, certificate));
    const named = entry?.key;
    if (named && (named.provider !== provider || named.container !== container))
      throw hresult(
        'NTE_BAD_KEYSET',
        `The certificate is in My already, with ${named.container} of ${named.provider}.`,
        {
          hint: 'certutil -repairstore gives it the key that is meant; or name it alone: --cert-id',
        },
      );
    await stores.add(store, certificate, store === 'My' ? { provider, container, keySpec } : undefined);
  }
}

async function recordCa(
  ports: AuthorityPorts,
  installer: Caller,
  ca: NewCa,
  initial: ReturnType<typeof initialRegistry>,
  certificate: Uint8Array,
): Promise<void> {
  const { clock, database, directory, engine } = ports;
  const thumbprint = formatHex(await engine.digest('sha1', certificate));
  const { tbsCertificate } = decodeCertificate(certificate);
  const version = extensionValue(tbsCertificate.extensions, EXTENSIONS.caVersion);
  const { certIndex: index, keyIndex } = version ?? { certIndex: 0, keyIndex: 0 };
  // A certificate that renewed others keeps its place; those before it are not here.
  const hashes = [...Array<string>(index).fill('-'), thumbprint];
  const requestId = await database.nextRequestId();
  const now = clock.now();
  const security = initialSecurity(ca.enterprise, directory.domain.sid, installer.sid);
  const context = { time: now, subject: installer.accountName, configuration: new Configuration(initial) };
  await database.commit([
    ...initial.map(({ path, name, value }): Write => ({ set: 'Registry', path, name, value })),
    { set: 'Registry', path: '', name: 'CACertHash', value: { type: 'REG_MULTI_SZ', data: hashes } },
    {
      set: 'Registry',
      path: '',
      name: 'Security',
      value: { type: 'REG_BINARY', data: security },
    },
    ...audit(context, 'securityChanged', [formatSddl(decodeSecurityDescriptor(security), directory.domain.sid)]),
    {
      insert: 'Requests',
      row: {
        RequestID: requestId,
        Disposition: DB_DISP.CA_CERT,
        RequestFlags: CR_FLG.FORCEUTF8,
        StatusCode: 0,
        SubmittedWhen: now,
        ResolvedWhen: now,
        RequesterName: installer.accountName,
        CallerName: installer.accountName,
        DispositionMessage: 'CA certificate',
      },
    },
    {
      insert: 'Certificates',
      row: {
        RequestID: requestId,
        ...certificateColumns(tbsCertificate),
        RawCertificate: certificate,
        CertificateHash: thumbprint,
        IssuerNameID: issuerNameId({ index, keyIndex }),
      },
    },
  ]);
}

function newCa(ports: AuthorityPorts, installation: Installation, algorithm: ProviderAlgorithm): NewCa {
  const { caType, subject, provider, hashAlgorithm, serverName, description, certEnrollDirectory } = installation;
  const name = requireCaName(subject);
  const enterprise = caType === 'enterprise root';
  const chosen = ports.providers.byName(provider);
  const { configurationDN } = ports.directory;
  return {
    enterprise,
    caType: enterprise ? CA_TYPE.ENUM_ENTERPRISE_ROOTCA : CA_TYPE.ENUM_STANDALONE_ROOTCA,
    commonName: name,
    sanitizedName: sanitizeName(name),
    serverName,
    description,
    configurationDN,
    domainDN: configurationDN.replace(/^CN=Configuration,/i, ''),
    certEnrollDirectory,
    provider: { name: chosen.name, type: chosen.type },
    publicKeyAlgorithm: algorithm.type === 'rsa' ? 'RSA' : `ECDSA_${algorithm.curve.replace('-', '')}`,
    hashAlgorithm: hashAlgorithm.toUpperCase(),
    keySize: algorithm.type === 'rsa' ? algorithm.modulusLength : 0,
  };
}

async function selfSignedCertificate(
  { clock, engine }: AuthorityPorts,
  { subject, validity, caType }: Installation,
  key: ProviderKey,
  scheme: SignatureScheme,
): Promise<Uint8Array> {
  const now = wholeSeconds(clock.now());
  const toBeSigned = await buildTbsRootCertificate(engine, {
    subject,
    validity: { notBefore: new Date(now.getTime() - 10 * 60_000), notAfter: addPeriod(now, validity) },
    publicKey: key.publicKey,
    scheme,
    enterprise: caType === 'enterprise root',
    version: { certIndex: 0, keyIndex: 0 },
  });
  const certificate = await signCertificate(toBeSigned, scheme, key);
  requireCleanCertificate(decodeTbsCertificate(toBeSigned), decodeCertificate(certificate));
  return certificate;
}
