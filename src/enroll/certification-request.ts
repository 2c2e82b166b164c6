/** The PKCS #10 of a new request, its attributes and extensions as Windows' clients write them (MS-WCCE 2.2.2.7). */
import { encodeDer, octetString, printableString, utf8String } from '#pki/asn1/der-writer';
import {
  des_EDE3_CBC,
  id_aes128_CBC,
  id_aes192_CBC,
  id_aes256_CBC,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  challengePassword as id_challengePassword,
  sMIMECapabilities,
  szOID_APPLICATION_CERT_POLICIES,
  szOID_ENROLLMENT_CSP_PROVIDER,
  szOID_ENROLLMENT_NAME_VALUE_PAIR,
  szOID_OS_VERSION,
  szOID_RENEWAL_CERTIFICATE,
  szOID_REQUEST_CLIENT_INFO,
} from '#pki/asn1/oid-table';
import { isPrintableString } from '#pki/asn1/strings';
import { encodeCspProvider } from '#pki/cmc/enrollment-csp-provider';
import { encodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import { encodeOsVersion } from '#pki/cmc/os-version';
import { encodeRequestClientInfo } from '#pki/cmc/request-client-info';
import type { CryptoEngine, SignatureScheme } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { type Attribute, attribute } from '#pki/x509/attribute';
import type { Certificate } from '#pki/x509/certificate';
import {
  buildCertificationRequestInfo,
  extensionRequest,
  signCertificationRequest,
} from '#pki/x509/certification-request';
import type { Extension } from '#pki/x509/extension';
import { encodeKeyUsage } from '#pki/x509/extensions/key-usage';
import { encodeSmimeCapabilities } from '#pki/x509/extensions/smime-capabilities';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { isEmptyName } from '#pki/x509/name';
import type { RequestPolicy } from './inf/request-policy.ts';
import type { EnrollmentClient } from './ports.ts';

/** ClientIdCertReq, RequestClientInfoClientId of certenroll.h. */
const CERTREQ = 9;

export function clientInfoValue({ machineName, userName, processName }: EnrollmentClient): Uint8Array {
  return encodeRequestClientInfo({ clientId: CERTREQ, machineName, userName, processName });
}

/** DER CertificationRequest. `pairs` stand in it only where no CMC message around it can carry them. */
export function buildCertificationRequest(request: {
  readonly policy: RequestPolicy;
  readonly extensions: readonly Extension[];
  readonly pairs: readonly NameValuePair[];
  readonly key: ProviderKey;
  readonly scheme: SignatureScheme;
  readonly client: EnrollmentClient;
  /** What the request renews. */
  readonly renewed?: Certificate | undefined;
}): Promise<Uint8Array> {
  const { policy, extensions, pairs, key, scheme, client, renewed } = request;
  const attributes: Attribute[] = [
    attribute(szOID_OS_VERSION, [encodeOsVersion(client.osVersion)]),
    attribute(szOID_REQUEST_CLIENT_INFO, [clientInfoValue(client)]),
    attribute(szOID_ENROLLMENT_CSP_PROVIDER, [encodeCspProvider({ keySpec: key.keySpec, cspName: key.provider })]),
  ];
  if (pairs.length > 0) attributes.push(attribute(szOID_ENROLLMENT_NAME_VALUE_PAIR, pairs.map(encodeNameValuePair)));
  if (policy.challengePassword !== undefined) {
    const password = policy.challengePassword;
    const value = isPrintableString(password) ? printableString(password) : utf8String(password);
    attributes.push(attribute(id_challengePassword, [value]));
  }
  if (renewed) attributes.push(attribute(szOID_RENEWAL_CERTIFICATE, [renewed.raw]));
  if (extensions.length > 0) attributes.push(extensionRequest(extensions));
  // A renewal keeps its name, and says so.
  const subject = renewed && isEmptyName(policy.subject) ? renewed.tbsCertificate.subject : policy.subject;
  const info = buildCertificationRequestInfo({ subject, subjectPKInfo: key.publicKey, attributes });
  return signCertificationRequest(info, scheme, key);
}

/** In this order, which is that of Windows' clients, before all others. */
const ORDER: readonly string[] = [
  sMIMECapabilities,
  id_ce_subjectKeyIdentifier,
  szOID_APPLICATION_CERT_POLICIES,
  id_ce_keyUsage,
  id_ce_extKeyUsage,
];

/** What the policy asks for, and the identifier of the key unless that is not wanted. */
export async function requestExtensions(
  { keyUsage, smime, suppressDefaults, extensions: asked }: RequestPolicy,
  publicKey: Uint8Array,
  engine: CryptoEngine,
): Promise<Extension[]> {
  const defaults: (readonly [extnID: string, extnValue: Uint8Array])[] = [];
  if (smime) defaults.push([sMIMECapabilities, smimeCapabilities()]);
  if (!suppressDefaults) {
    const identifier = await keyIdentifier(publicKey, engine);
    defaults.push([id_ce_subjectKeyIdentifier, encodeDer(octetString(identifier))]);
  }
  if (keyUsage !== undefined) defaults.push([id_ce_keyUsage, encodeDer(encodeKeyUsage(keyUsage))]);
  const isAsked = (extnID: string) =>
    asked.removed.includes(extnID) || asked.extensions.some((each) => each.extnID === extnID);
  const extensions = [
    ...defaults
      .filter(([extnID]) => !isAsked(extnID))
      .map(([extnID, extnValue]) => ({ extnID, critical: asked.critical.has(extnID), extnValue })),
    ...asked.extensions,
  ];
  const rank = ({ extnID }: Extension) => (ORDER.includes(extnID) ? ORDER.indexOf(extnID) : ORDER.length);
  return extensions.sort((a, b) => rank(a) - rank(b));
}

/** What the requester's mail program can read (RFC 8551 §2.5.2). */
function smimeCapabilities(): Uint8Array {
  const ciphers = [id_aes256_CBC, id_aes192_CBC, id_aes128_CBC, des_EDE3_CBC];
  return encodeDer(encodeSmimeCapabilities(ciphers.map((capabilityID) => ({ capabilityID }))));
}
