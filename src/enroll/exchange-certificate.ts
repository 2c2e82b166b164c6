/** The CA exchange certificate, checked before any private key is sealed to it: document 004, "Key Archival" step 3. */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { id_ce_extKeyUsage, id_ce_keyUsage, szOID_KP_CA_EXCHANGE } from '#pki/asn1/oid-table';
import { decodePemOrDer } from '#pki/asn1/pem';
import { decodeCertsOnly } from '#pki/cms/certs-only';
import { isContentInfo } from '#pki/cms/content-info';
import { type Certificate, decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import { findExtension } from '#pki/x509/extension';
import { decodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { decodeKeyUsage, KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { commonName, isSameName } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import type { CaClient, EnrollmentPorts, ExchangeCertificate } from './ports.ts';
import { publishedCrls } from './published-crls.ts';
import { trustedChain } from './trusted-chain.ts';

type CheckPorts = Pick<EnrollmentPorts, 'engine' | 'clock' | 'stores' | 'retriever'>;

/** Fetches it and answers it where it is good. Throws as `checkExchangeCertificate`, and what the CA throws. */
export async function fetchExchangeCertificate(ca: CaClient, ports: CheckPorts): Promise<Certificate> {
  return checkExchangeCertificate(await ca.exchangeCertificate(), ports);
}

/**
 * Out of a file (`certutil -CAInfo xchg`), alone or with its chain; its CA is looked for among the CAs and roots that the
 * holder of the stores knows. Throws as `checkExchangeCertificate`.
 */
export async function readExchangeCertificate(file: Uint8Array, ports: CheckPorts): Promise<Certificate> {
  const der = toDer(decodePemOrDer(file));
  const found = isContentInfo(der) ? decodeCertsOnly(der).certificates : [decodeCertificate(der)];
  const exchange = found.find(({ tbsCertificate: { extensions } }) =>
    extensionValue(extensions, EXTENSIONS.extKeyUsage)?.includes(szOID_KP_CA_EXCHANGE),
  );
  if (!exchange) throw hresult('CERT_E_WRONG_USAGE', 'The file holds no certificate for the exchange of keys.');
  const known = await Promise.all(['CA', 'Root'].map((store) => ports.stores.open(store).list()));
  const authorities = [...found, ...known.flat().map(({ certificate }) => certificate)].filter(
    (one) => one !== exchange && isSameName(one.tbsCertificate.subject, exchange.tbsCertificate.issuer),
  );
  let chain = authorities;
  for (const authority of authorities) {
    if (await isSignedBy(exchange, authority.tbsCertificate.subjectPublicKeyInfo, ports.engine)) chain = [authority];
  }
  return checkExchangeCertificate(
    { certificate: exchange.raw, chain: [...chain, ...found].map(({ raw }) => raw) },
    ports,
  );
}

/**
 * Whoever holds the exchange key reads the private key, so it must be the CA's own: signed by the key with which this CA
 * signs now, named after it, for this use, valid and not revoked, under a root that the client trusts.
 * Throws CERT_E_CHAINING (no CA certificate came with it), CERT_E_ISSUERCHAINING (another CA's name), TRUST_E_CERT_SIGNATURE
 * (another or an older key), CERT_E_CN_NO_MATCH, CERT_E_WRONG_USAGE, CERT_E_EXPIRED, CERT_E_UNTRUSTEDROOT, CRYPT_E_REVOKED,
 * CRYPT_E_REVOCATION_OFFLINE, Asn1Error.
 */
export async function checkExchangeCertificate(
  sent: ExchangeCertificate,
  { engine, clock, stores, retriever }: CheckPorts,
): Promise<Certificate> {
  const exchange = decodeCertificate(sent.certificate);
  const [ca, ...above] = sent.chain.map(decodeCertificate);
  if (!ca) throw hresult('CERT_E_CHAINING', 'The CA sent its exchange certificate without its own.');
  await requireSignedByCa(exchange, ca, engine);
  requireName(exchange, ca);
  requireUsage(exchange);
  const chain = await trustedChain(
    {
      certificate: exchange,
      offered: [ca, ...above],
      time: clock.now(),
      requiredUsage: szOID_KP_CA_EXCHANGE,
      revocation: publishedCrls(retriever, stores),
    },
    { engine, stores },
  );
  return chain[0]!;
}

async function requireSignedByCa(
  exchange: Certificate,
  ca: Certificate,
  engine: EnrollmentPorts['engine'],
): Promise<void> {
  const { subject, subjectPublicKeyInfo } = ca.tbsCertificate;
  if (!isSameName(exchange.tbsCertificate.issuer, subject)) {
    const issuer = formatName(exchange.tbsCertificate.issuer);
    throw hresult('CERT_E_ISSUERCHAINING', `The exchange certificate is by ${issuer}, not by ${formatName(subject)}.`);
  }
  if (await isSignedBy(exchange, subjectPublicKeyInfo, engine)) return;
  throw hresult(
    'TRUST_E_CERT_SIGNATURE',
    `The exchange certificate is not signed by the current key of ${formatName(subject)}.`,
  );
}

/** `<CA's common name>-Xchg`, MS-WCCE 3.2.1.4.3.2.15. */
function requireName(exchange: Certificate, ca: Certificate): void {
  const expected = `${commonName(ca.tbsCertificate.subject) ?? ''}-Xchg`;
  const found = commonName(exchange.tbsCertificate.subject);
  if (found === expected) return;
  throw hresult('CERT_E_CN_NO_MATCH', `The exchange certificate is for "${found ?? ''}", not for "${expected}".`);
}

/** The purpose must be written, where path validation takes a certificate without purposes as good for all. */
function requireUsage({ tbsCertificate: { extensions } }: Certificate): void {
  const purposes = findExtension(extensions, id_ce_extKeyUsage);
  if (!purposes || !decodeExtendedKeyUsage(purposes.extnValue).includes(szOID_KP_CA_EXCHANGE)) {
    throw hresult('CERT_E_WRONG_USAGE', `The certificate lacks the purpose CA exchange, ${szOID_KP_CA_EXCHANGE}.`);
  }
  const usage = findExtension(extensions, id_ce_keyUsage);
  const wanted = KEY_USAGE.keyEncipherment | KEY_USAGE.keyAgreement;
  if (usage && (decodeKeyUsage(usage.extnValue) & wanted) === 0) {
    throw hresult('CERT_E_WRONG_USAGE', 'The key of the exchange certificate may not encrypt keys.');
  }
}
