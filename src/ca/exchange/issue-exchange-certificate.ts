/** Issues the CA's exchange certificate: MS-WCCE 3.2.1.4.3.2.15.1 and the sample in MS-WSTEP 4. */
import { formatHex } from '#pki/asn1/bytes';
import { id_at_commonName, szOID_KP_CA_EXCHANGE } from '#pki/asn1/oid-table';
import type { ProviderKey } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { encodeName, type Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { configString } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import { type CertificatePlan, type PlannedExtension, plannedTemplate } from '../issue/certificate-plan.ts';
import { issueCertificate } from '../issue/issue.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { templateIdentity } from '../policy/template-extensions.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { findTemplate } from '../template/matching.ts';
import type { ExchangeKey } from './exchange-keys.ts';

const TEMPLATE = 'CAExchange';

/** `caller` is the account that asked for it. Where it cannot be issued, no key is left behind. */
export async function issueExchangeCertificate(authority: Authority, caller: string): Promise<ExchangeKey> {
  const { database, engine, providers } = authority.ports;
  const configuration = await readConfiguration(database);
  const provider = providers.byName(configuration.required('Provider', 'EncryptionCSP'));
  const key = await provider.createKey({
    container: `${authority.sanitizedName}-Xchg(${formatHex(engine.random(8))})`,
    algorithm: { type: 'rsa', modulusLength: configuration.dword('KeySize', 'EncryptionCSP') ?? 2048 },
    keySpec: provider.type === 0 ? 0 : 1,
    policy: { exportable: false, archivable: false },
  });
  try {
    const certificate = await issue(authority, configuration, key, caller);
    await remember(authority, certificate, key);
    return { certificate, key };
  } catch (error) {
    key.close();
    await provider.deleteKey(key.container);
    throw error;
  }
}

async function issue(
  authority: Authority,
  configuration: Configuration,
  key: ProviderKey,
  caller: string,
): Promise<Certificate> {
  const { clock, database } = authority.ports;
  const now = clock.now();
  const requestId = await database.nextRequestId();
  const account = configString(authority);
  return issueCertificate(authority, await planExchangeCertificate(authority, configuration, key.publicKey, now), {
    requestId,
    before: [
      {
        insert: 'Requests',
        row: {
          RequestID: requestId,
          RequestFlags: CR_FLG.FORCEUTF8 | CR_FLG.CAXCHGCERT,
          Disposition: DB_DISP.ACTIVE,
          SubmittedWhen: now,
          RequesterName: account,
          CallerName: caller,
          StatusCode: 0,
        },
      },
    ],
    after: ({ tbsCertificate }) => [
      {
        update: 'Requests',
        RequestID: requestId,
        set: { Disposition: DB_DISP.ISSUED, DispositionMessage: 'Issued', ResolvedWhen: clock.now() },
      },
      ...audit({ time: now, subject: account, configuration }, 'requestIssued', [
        requestId,
        account,
        '',
        'Issued',
        '',
        formatName(tbsCertificate.subject),
      ]),
    ],
  });
}

async function planExchangeCertificate(
  authority: Authority,
  configuration: Configuration,
  publicKey: Uint8Array,
  now: Date,
): Promise<CertificatePlan> {
  const ca = authority.current.certificate.tbsCertificate;
  const period = parsePeriod(
    configuration.string('CAXchgValidityPeriod') ?? 'Weeks',
    configuration.dword('CAXchgValidityPeriodUnits') ?? 1,
  );
  const end = Math.min(addPeriod(now, period).getTime(), ca.validity.notAfter.getTime());
  const template = authority.enterprise
    ? findTemplate((await authority.templates.read()).templates, TEMPLATE)
    : undefined;
  const policies = extensionValue(ca.extensions, EXTENSIONS.certificatePolicies);
  return {
    subject: exchangeSubject(ca.subject),
    subjectPublicKeyInfo: publicKey,
    validity: {
      notBefore: backdated(now, configuration),
      notAfter: wholeSeconds(new Date(end)),
    },
    extensions: [
      plannedExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment),
      plannedExtension(EXTENSIONS.extKeyUsage, [szOID_KP_CA_EXCHANGE]),
      plannedExtension(EXTENSIONS.applicationPolicies, [{ policyIdentifier: szOID_KP_CA_EXCHANGE }]),
      ...templateNames(template),
      ...(policies ? [plannedExtension(EXTENSIONS.certificatePolicies, policies, { origin: 'CACERT' })] : []),
      ...(await authorityExtensions(authority, configuration, publicKey)),
    ],
    template: template && plannedTemplate(template),
    upn: undefined,
  };
}

/** By name always, and by OID where the directory has the template: the sample of MS-WSTEP 4 carries both. */
function templateNames(template: CertificateTemplate | undefined): PlannedExtension[] {
  const name = plannedExtension(EXTENSIONS.enrollCertType, TEMPLATE);
  return template && template.schemaVersion > 1 ? [name, templateIdentity(template)] : [name];
}

/** What finds it again at the next start. */
async function remember({ ports }: Authority, certificate: Certificate, key: ProviderKey): Promise<void> {
  const { database, engine, stores } = ports;
  const thumbprint = formatHex(await engine.digest('sha1', certificate.raw));
  await stores.add('My', certificate.raw, { provider: key.provider, container: key.container, keySpec: key.keySpec });
  const before = (await readConfiguration(database)).strings('CAXchgCertHash');
  const value = { type: 'REG_MULTI_SZ', data: [...before, thumbprint] } as const;
  await database.commit([{ set: 'Registry', path: '', name: 'CAXchgCertHash', value }]);
}

/** The CA's own name, its CN with `-Xchg` behind it and in UTF-8. */
function exchangeSubject(ca: Name): Name {
  let renamed = false;
  const rdns = ca.rdnSequence.toReversed().map((rdn) =>
    rdn.map((attribute) => {
      if (renamed || attribute.type !== id_at_commonName) return { type: attribute.type, rawValue: attribute.rawValue };
      renamed = true;
      return { type: attribute.type, value: `${attribute.value}-Xchg` };
    }),
  );
  return encodeName(rdns.toReversed(), { forceUTF8: true });
}
