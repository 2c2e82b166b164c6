/** A certificate template as a value. Attribute by attribute MS-CRTD 2; its LDAP form is made by `attributes.ts`. */
import type { TemplateAccess } from './access.ts';
import type { Period } from './period.ts';

export interface CertificateTemplate {
  /** The name requests carry in 1.3.6.1.4.1.311.20.2 and in the CertificateTemplate attribute. */
  readonly cn: string;
  readonly displayName: string;
  readonly schemaVersion: 1 | 2 | 3 | 4;
  /** Major version. */
  readonly revision: number;
  readonly minorRevision: number;
  /** msPKI-Cert-Template-OID, dotted. */
  readonly oid: string;
  /** The four bit fields are unsigned; names in `flags.ts`. */
  readonly flags: number;
  readonly nameFlags: number;
  readonly enrollmentFlags: number;
  readonly privateKeyFlags: number;
  /** Bits; 0 is no limit. */
  readonly minimalKeySize: number;
  /** 1 AT_KEYEXCHANGE, 2 AT_SIGNATURE. */
  readonly defaultKeySpec: number;
  /** Provider names, the preferred one first. */
  readonly defaultCSPs: readonly string[];
  /** The octets of a KeyUsage BIT STRING: digitalSignature is 0x80 of the first. Usually two octets. */
  readonly keyUsage: Uint8Array;
  readonly extendedKeyUsage: readonly string[];
  /** Written as the application policies extension by version 2 and later. */
  readonly applicationPolicies: readonly string[];
  /** Issuance policies. */
  readonly certificatePolicies: readonly string[];
  /** OIDs of the extensions that are critical. */
  readonly criticalExtensions: readonly string[];
  /** pathLenConstraint of a CA certificate; -1 without one, 0 for end entities. */
  readonly maxIssuingDepth: number;
  /** Longest validity. */
  readonly expirationPeriod: Period;
  /** Renewal begins this long before the end. */
  readonly overlapPeriod: Period;
  /** How many authorized signatures a request needs. */
  readonly raSignatures: number;
  /** Each must be in the EKU of a signer's certificate. */
  readonly raApplicationPolicies: readonly string[];
  /** Each must be in the certificate policies of a signer's certificate. */
  readonly raPolicies: readonly string[];
  /** cn of the templates this one replaces. */
  readonly supersededTemplates: readonly string[];
  /** What schema 3, and 4 without USE_LEGACY_PROVIDER, say beyond that (MS-CRTD 2.23.2): RSA, ECDH_P256... */
  readonly asymmetricAlgorithm?: string;
  readonly hashAlgorithm?: string;
  /** With symmetricKeyLength: what the client seals the archived key with on its way to the CA. */
  readonly symmetricAlgorithm?: string;
  /** Bits. */
  readonly symmetricKeyLength?: number;
  /** NCRYPT_ALLOW_DECRYPT 1, _SIGNING 2, _KEY_AGREEMENT 4, all 0x00ffffff. */
  readonly keyUsageProperty?: number;
  /** SDDL for the client's key. */
  readonly keySecurityDescriptor?: string;
  /** Pseudo-attributes of other names; kept and written again. */
  readonly otherPseudoAttributes?: ReadonlyMap<string, string | number>;
  /** SID of the owner, who may always change the permissions. */
  readonly owner: string;
  /** One entry a trustee and kind, in the order of the access control list. */
  readonly permissions: readonly TemplateAccess[];
  /** nTSecurityDescriptor as it was read; written again byte for byte while owner and permissions still say the same. */
  readonly securityDescriptor?: Uint8Array;
  /** Attributes of the object that say nothing about the template; kept and written again. */
  readonly otherAttributes?: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
}
