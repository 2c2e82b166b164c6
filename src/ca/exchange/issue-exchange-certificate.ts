/** Issues the CA's exchange certificate: MS-WCCE 3.2.1.4.3.2.15.1 and the sample in MS-WSTEP 4. */
import { formatHex } from '#pki/asn1/bytes';
import { id_at_commonName } from '#pki/asn1/oid-table';
import type { KeyStorageProvider, ProviderAlgorithm, ProviderKey } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';
import { encodeName, type Name } from '#pki/x509/name';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { configString } from '../authority.ts';
import { requireOwnLife } from '../chain/own-life.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { addPeriod } from '../config/period.ts';
import { type CertificatePlan, plannedTemplate } from '../issue/certificate-plan.ts';
import { issueToItself } from '../issue/issue-to-itself.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import type { Write } from '../ports.ts';
import { CR_FLG } from '../schema/dispositions.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import type { ExchangeKey } from './exchange-keys.ts';
import { exchangeExtensions, exchangePeriods, exchangeTemplate, rewrittenPeriods } from './exchange-template.ts';
import { exchangeContainerPrefix } from './stale-keys.ts';

/**
 * `caller` is the account that asked for it. Where it cannot be issued, no key is left behind. Throws what provider and
 * template say: EncryptionProvider.use, exchangeTemplate, exchangeExtensions; CERT_E_EXPIRED as requireOwnLife.
 */
export async function issueExchangeCertificate(authority: Authority, caller: string): Promise<ExchangeKey> {
  const { clock, database } = authority.ports;
  requireOwnLife(authority.current.certificate, clock.now());
  const configuration = await readConfiguration(database);
  const template = await exchangeTemplate(authority, configuration);
  const key = await authority.encryptionProvider.use(authority, configuration, ({ provider, algorithm }) =>
    createExchangeKey(authority, provider, algorithm),
  );
  try {
    const requestId = await database.nextRequestId();
    const certificate = await issue(authority, { configuration, template, key, requestId, caller });
    await remember(authority, certificate, key);
    return { certificate, key, requestId };
  } catch (error) {
    key.close();
    await authority.ports.providers.byName(key.provider).deleteKey(key.container);
    throw error;
  }
}

function createExchangeKey(
  { sanitizedName, ports: { engine } }: Authority,
  provider: KeyStorageProvider,
  algorithm: ProviderAlgorithm,
): Promise<ProviderKey> {
  return provider.createKey({
    container: `${exchangeContainerPrefix(sanitizedName)}${formatHex(engine.random(8))})`,
    algorithm,
    keySpec: provider.type === 0 ? 0 : 1,
    policy: { exportable: false, archivable: false },
  });
}

interface Issuing {
  readonly configuration: Configuration;
  readonly template: CertificateTemplate | undefined;
  readonly key: ProviderKey;
  readonly requestId: number;
  readonly caller: string;
}

async function issue(authority: Authority, issuing: Issuing): Promise<Certificate> {
  const { clock } = authority.ports;
  const { configuration, template, key, requestId, caller } = issuing;
  const now = clock.now();
  const account = configString(authority);
  const context = { time: now, subject: account, configuration };
  const periods = exchangePeriods(template, configuration);
  const plan = await planExchangeCertificate(authority, issuing, key.publicKey, addPeriod(now, periods.validity));
  return issueToItself(authority, plan, {
    requestId,
    configuration,
    requestFlags: CR_FLG.CAXCHGCERT,
    caller,
    before: rewrittenPeriods(periods, configuration).flatMap(({ name, value }): Write[] => [
      { set: 'Registry', path: '', name, value },
      ...audit(context, 'configurationChanged', ['', name, String(value.data)]),
    ]),
  });
}

async function planExchangeCertificate(
  authority: Authority,
  { configuration, template }: Issuing,
  publicKey: Uint8Array,
  end: Date,
): Promise<CertificatePlan> {
  const { subject, validity } = authority.current.certificate.tbsCertificate;
  return {
    subject: exchangeSubject(subject),
    subjectPublicKeyInfo: publicKey,
    validity: {
      notBefore: backdated(authority.ports.clock.now(), configuration),
      notAfter: wholeSeconds(end < validity.notAfter ? end : validity.notAfter),
    },
    extensions: await exchangeExtensions(authority, configuration, template, publicKey),
    template: template && plannedTemplate(template),
    upn: undefined,
  };
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
