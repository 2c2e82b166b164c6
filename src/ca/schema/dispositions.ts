/**
 * The numbers that stand in the database's Long columns, with the text certutil prints for each. Sources: MS-CSRA 3.1.1.1.2
 * and 3.1.1.4, MS-WCCE 3.2.1.4.2.1, the SDK's documented headers, listings of a 2019 CA. Constants keep their published
 * names without the prefix: `DB_DISP.ISSUED` is DB_DISP_ISSUED.
 */

/** `Request.Disposition`: where a row stands in its life. */
export const DB_DISP = {
  ACTIVE: 8,
  PENDING: 9,
  FOREIGN: 12,
  CA_CERT: 15,
  CA_CERT_CHAIN: 16,
  KRA_CERT: 17,
  ISSUED: 20,
  REVOKED: 21,
  ERROR: 30,
  DENIED: 31,
} as const;

/** Of these only `Issued` was seen printed; the others follow the names of their constants. */
export const DISPOSITION_TEXTS: Texts<typeof DB_DISP> = {
  ACTIVE: 'Active',
  PENDING: 'Pending',
  FOREIGN: 'Foreign certificate',
  CA_CERT: 'CA Cert',
  CA_CERT_CHAIN: 'CA Cert chain',
  KRA_CERT: 'KRA Cert',
  ISSUED: 'Issued',
  REVOKED: 'Revoked',
  ERROR: 'Error',
  DENIED: 'Denied',
};

/** `Request.RequestFlags`. */
export const CR_FLG = {
  FORCETELETEX: 0x1,
  RENEWAL: 0x2,
  FORCEUTF8: 0x4,
  CAXCHGCERT: 0x8,
  ENROLLONBEHALFOF: 0x10,
  SUBJECTUNMODIFIED: 0x20,
  VALIDENCRYPTEDKEYHASH: 0x40,
  CACROSSCERT: 0x80,
  ENFORCEUTF8: 0x100,
  DEFINEDCACERT: 0x200,
  CHALLENGEPENDING: 0x400,
  CHALLENGESATISFIED: 0x800,
  TRUSTONUSE: 0x1000,
  TRUSTEKCERT: 0x2000,
  TRUSTEKKEY: 0x4000,
  PUBLISHERROR: 0x80000000,
} as const;

export const REQUEST_FLAG_TEXTS: Texts<typeof CR_FLG> = {
  FORCETELETEX: 'Force Teletex',
  RENEWAL: 'Renewal',
  FORCEUTF8: 'Force UTF-8',
  CAXCHGCERT: 'CA Exchange Cert',
  ENROLLONBEHALFOF: 'Enroll On Behalf Of',
  SUBJECTUNMODIFIED: 'Subject Unmodified',
  VALIDENCRYPTEDKEYHASH: 'Valid Encrypted Key Hash',
  CACROSSCERT: 'CA Cross Cert',
  ENFORCEUTF8: 'Enforce UTF-8',
  DEFINEDCACERT: 'Defined CA Cert',
  CHALLENGEPENDING: 'Challenge Pending',
  CHALLENGESATISFIED: 'Challenge Satisfied',
  TRUSTONUSE: 'Trust On Use',
  TRUSTEKCERT: 'Trust EK Cert',
  TRUSTEKKEY: 'Trust EK Key',
  PUBLISHERROR: 'Publish Error',
};

/** The format in bits 8 to 15 of `Request.RequestType` and of the submission flags. */
export const CR_IN_FORMAT_MASK = 0xff00;

/** `Request.RequestType`: one format, any of the flags. */
export const CR_IN = {
  PKCS10: 0x100,
  KEYGEN: 0x200,
  PKCS7: 0x300,
  CMC: 0x400,
  CHALLENGERESPONSE: 0x500,
  SIGNEDCERTIFICATETIMESTAMPLIST: 0x600,
  RPC: 0x20000,
  FULLRESPONSE: 0x40000,
  CRLS: 0x80000,
  MACHINE: 0x100000,
  ROBO: 0x200000,
  CLIENTIDNONE: 0x400000,
  CERTIFICATETRANSPARENCY: 0x4000000,
  PRESIGN: 0x8000000,
} as const;

export const REQUEST_TYPE_TEXTS: Texts<typeof CR_IN> = {
  PKCS10: 'PKCS10',
  KEYGEN: 'Keygen',
  PKCS7: 'PKCS7',
  CMC: 'CMC',
  CHALLENGERESPONSE: 'Challenge Response',
  SIGNEDCERTIFICATETIMESTAMPLIST: 'Signed Certificate Timestamp List',
  RPC: 'RPC',
  FULLRESPONSE: 'Full Response',
  CRLS: 'CRLs',
  MACHINE: 'Machine',
  ROBO: 'ROBO',
  CLIENTIDNONE: 'NoClientID',
  CERTIFICATETRANSPARENCY: 'Certificate Transparency',
  PRESIGN: 'Presign',
};

/** `CRLPublishFlags`; certutil prints the constant's whole name, `CPF_BASE`. */
export const CPF = {
  BASE: 0x1,
  DELTA: 0x2,
  COMPLETE: 0x4,
  SHADOW: 0x8,
  CASTORE_ERROR: 0x10,
  BADURL_ERROR: 0x20,
  MANUAL: 0x40,
  SIGNATURE_ERROR: 0x80,
  LDAP_ERROR: 0x100,
  FILE_ERROR: 0x200,
  FTP_ERROR: 0x400,
  HTTP_ERROR: 0x800,
  POSTPONED_BASE_LDAP_ERROR: 0x1000,
  POSTPONED_BASE_FILE_ERROR: 0x2000,
} as const;

/** `RevokeCertificate` with this reason takes a certificate off hold; it is never stored (MS-CSRA 3.1.4.1.8). */
export const UNREVOKE = 0xffffffff;

/** `Request.RevokedReason`, the CRLReason of RFC 5280 §5.3.1, by number; certutil prints `Reason: ` before the text. */
export const REVOCATION_REASON_TEXTS: Readonly<Record<number, string>> = {
  0: 'Unspecified',
  1: 'Key Compromise',
  2: 'CA Compromise',
  3: 'Affiliation Changed',
  4: 'Superseded',
  5: 'Cessation of Operation',
  6: 'Certificate Hold',
  8: 'Remove From CRL',
  9: 'Privilege Withdrawn',
  10: 'AA Compromise',
  [UNREVOKE]: 'Unrevoke',
};

type Texts<Constants> = Readonly<Record<keyof Constants, string>>;
