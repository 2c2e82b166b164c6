/** A certificate of about 1.8 KB with the extensions that an enterprise CA writes, and its key. */
import { encodeDer, integer, oid, sequence } from '#pki/asn1/der-writer';
import type { PrivateKey } from '#pki/crypto/engine';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { buildTbsCertificate, signCertificate, type TBSCertificatePlan } from '#pki/x509/certificate';
import type { Extension } from '#pki/x509/extension';
import { id_ad_caIssuers } from '#pki/x509/extensions/authority-information-access';
import { cpsQualifier, userNoticeQualifier } from '#pki/x509/extensions/certificate-policies';
import { urlDistributionPoint } from '#pki/x509/extensions/crl-distribution-points';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { userPrincipalName } from '#pki/x509/general-name';
import { keyIdentifier } from '#pki/x509/key-identifier';
import type { Name } from '#pki/x509/name';
import { parseName } from '#pki/x509/name-text';

export const SCHEME = { name: 'rsa-pkcs1', digest: 'sha256' } as const;

const SERVICES = 'CN=Public Key Services,CN=Services,CN=Configuration,DC=corp,DC=contoso,DC=com';
const AIA_URL = `ldap:///CN=Contoso%20Issuing%20CA%201,CN=AIA,${SERVICES}?cACertificate?base?objectClass=certificationAuthority`;
const CDP_URL = `ldap:///CN=Contoso%20Issuing%20CA%201,CN=ca01,CN=CDP,${SERVICES}?certificateRevocationList?base?objectClass=cRLDistributionPoint`;

export function sampleIssuer(): Name {
  return parseName('CN=Contoso Issuing CA 1,DC=corp,DC=contoso,DC=com');
}

export function sampleSubject(): Name {
  return parseName('E=alice@contoso.com,CN=Alice Example,OU=Engineering,OU=People,DC=corp,DC=contoso,DC=com');
}

/** All extension values made anew. */
export function sampleExtensions(identifier: Uint8Array): Extension[] {
  return [
    encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.digitalSignature | KEY_USAGE.keyEncipherment),
    encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.4.1.311.10.3.4', '1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.2']),
    encodeExtension(EXTENSIONS.sMIMECapabilities, [
      { capabilityID: '1.2.840.113549.3.2', parameters: encodeDer(integer(128)) },
      { capabilityID: '1.2.840.113549.3.4', parameters: encodeDer(integer(128)) },
      { capabilityID: '2.16.840.1.101.3.4.1.42' },
      { capabilityID: '1.2.840.113549.3.7' },
    ]),
    encodeExtension(EXTENSIONS.certificateTemplate, {
      templateID: '1.3.6.1.4.1.311.21.8.14155123.8203941.1397144.12374214.6714215.35.1.6',
      templateMajorVersion: 110,
      templateMinorVersion: 4,
    }),
    encodeExtension(EXTENSIONS.certificatePolicies, [
      {
        policyIdentifier: '1.3.6.1.4.1.311.21.8.1.402',
        policyQualifiers: [
          cpsQualifier('http://pki.contoso.com/cps'),
          userNoticeQualifier('For the internal use of Contoso alone'),
        ],
      },
    ]),
    encodeExtension(EXTENSIONS.subjectKeyIdentifier, identifier),
    encodeExtension(EXTENSIONS.authorityKeyIdentifier, { keyIdentifier: identifier }),
    encodeExtension(EXTENSIONS.cRLDistributionPoints, [
      urlDistributionPoint([CDP_URL, 'http://pki.contoso.com/crl/ContosoIssuingCA1.crl']),
    ]),
    encodeExtension(
      EXTENSIONS.authorityInfoAccess,
      [AIA_URL, 'http://pki.contoso.com/aia/ContosoIssuingCA1.crt'].map((value) => ({
        accessMethod: id_ad_caIssuers,
        accessLocation: { type: 'uniformResourceIdentifier', value },
      })),
    ),
    encodeExtension(EXTENSIONS.subjectAltName, [
      userPrincipalName('alice@corp.contoso.com'),
      { type: 'rfc822Name', value: 'alice@contoso.com' },
    ]),
    // One that no library here has a codec for.
    { extnID: '1.3.6.1.4.1.55738.666.1', critical: false, extnValue: encodeDer(sequence(oid('1.2.3.4'), integer(7))) },
  ];
}

/** The whole plan made anew from texts and numbers. */
export function samplePlan(subjectPublicKeyInfo: Uint8Array, identifier: Uint8Array): TBSCertificatePlan {
  return {
    serialNumber: Uint8Array.of(0x61, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21),
    signature: SCHEME,
    issuer: sampleIssuer(),
    validity: { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2028-01-01T00:00:00Z') },
    subject: sampleSubject(),
    subjectPublicKeyInfo,
    extensions: sampleExtensions(identifier),
  };
}

export interface SampleCertificate {
  readonly certificate: Uint8Array;
  readonly key: PrivateKey;
  readonly identifier: Uint8Array;
}

export async function sampleCertificate(): Promise<SampleCertificate> {
  const key = await engine.importPrivateKey(await engine.generateKey({ type: 'rsa', modulusLength: 2048 }));
  const identifier = await keyIdentifier(key.publicKey, engine);
  const tbs = buildTbsCertificate(samplePlan(key.publicKey, identifier));
  return { certificate: await signCertificate(tbs, SCHEME, key), key, identifier };
}
