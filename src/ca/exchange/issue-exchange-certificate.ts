/** Issues the CA's exchange certificate: MS-WCCE 3.2.1.4.3.2.15 and the sample in MS-WSTEP 4. */
import { formatHex } from '#pki/asn1/bytes';
import { encodeCertificatePolicies } from '#pki/x509/extensions/certificate-policies';
import { encodeCertificateTemplate } from '#pki/x509/extensions/certificate-template';
import { encodeCertificateTemplateName } from '#pki/x509/extensions/certificate-template-name';
import { encodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { encodeKeyUsage, KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { encodeName, type Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { configString } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import type { CertificatePlan } from '../issue/certificate-plan.ts';
import { issueCertificate } from '../issue/issue.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import { findTemplate } from '../template/matching.ts';
import type { ExchangeKey } from './exchange-keys.ts';

const szOID_KP_CA_EXCHANGE = '1.3.6.1.4.1.311.21.5';
const id_at_commonName = '2.5.4.3';

export async function issueExchangeCertificate(authority: Authority): Promise<ExchangeKey> {
  const { clock, database, engine, providers, stores } = authority.ports;
  const configuration = await readConfiguration(database);
  const requestId = await database.nextRequestId();
  const providerName = configuration.required('Provider', 'EncryptionCSP');
  const provider = providers.byName(providerName);
  const key = await provider.createKey({
    container: `${authority.sanitizedName}-Xchg(${requestId})`,
    algorithm: { type: 'rsa', modulusLength: configuration.dword('KeySize', 'EncryptionCSP') ?? 2048 },
    keySpec: provider.type === 0 ? 0 : 1,
    policy: { exportable: false, archivable: false },
  });

  const now = clock.now();
  const period = parsePeriod(
    configuration.string('CAXchgValidityPeriod') ?? 'Weeks',
    configuration.dword('CAXchgValidityPeriodUnits') ?? 1,
  );
  const caEnd = authority.current.certificate.tbsCertificate.validity.notAfter;
  const end = addPeriod(now, period);
  const template = authority.enterprise
    ? findTemplate((await authority.templates.read()).templates, 'CAExchange')
    : undefined;
  const plan: CertificatePlan = {
    subject: exchangeSubject(authority.current.certificate.tbsCertificate.subject),
    subjectPublicKeyInfo: key.publicKey,
    validity: { notBefore: backdated(now, configuration), notAfter: wholeSeconds(end < caEnd ? end : caEnd) },
    extensions: [
      plannedExtension('2.5.29.15', encodeKeyUsage(KEY_USAGE.keyEncipherment), { critical: true }),
      plannedExtension('2.5.29.37', encodeExtendedKeyUsage([szOID_KP_CA_EXCHANGE])),
      plannedExtension(
        '1.3.6.1.4.1.311.21.10',
        encodeCertificatePolicies([{ policyIdentifier: szOID_KP_CA_EXCHANGE }]),
      ),
      template
        ? plannedExtension(
            '1.3.6.1.4.1.311.21.7',
            encodeCertificateTemplate({
              templateID: template.oid,
              templateMajorVersion: template.revision,
              templateMinorVersion: template.minorRevision,
            }),
          )
        : plannedExtension('1.3.6.1.4.1.311.20.2', encodeCertificateTemplateName('CAExchange')),
      ...(await authorityExtensions(authority, configuration, key.publicKey)),
    ],
    template: template && {
      stored: template.oid,
      enrollmentFlags: template.enrollmentFlags,
      flags: template.flags,
      privateKeyFlags: template.privateKeyFlags,
    },
    upn: undefined,
  };
  const account = `${configString(authority)}`;
  const context = { time: now, subject: account, configuration };
  const hashes = configuration.strings('CAXchgCertHash');
  const certificate = await issueCertificate(authority, plan, {
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
          CallerName: account,
          StatusCode: 0,
        },
      },
    ],
    after: (issued) => [
      {
        update: 'Requests',
        RequestID: requestId,
        set: { Disposition: DB_DISP.ISSUED, DispositionMessage: 'Issued', ResolvedWhen: clock.now() },
      },
      ...audit(context, 'requestIssued', [
        requestId,
        account,
        '',
        'Issued',
        '',
        formatName(issued.tbsCertificate.subject),
      ]),
    ],
  });
  const thumbprint = formatHex(await engine.digest('sha1', certificate.raw));
  await stores.add('My', certificate.raw, { provider: key.provider, container: key.container, keySpec: key.keySpec });
  await database.commit([
    {
      set: 'Registry',
      path: '',
      name: 'CAXchgCertHash',
      value: { type: 'REG_MULTI_SZ', data: [...hashes, thumbprint] },
    },
  ]);
  return { certificate, key };
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
  return encodeName(rdns.toReversed());
}
