import { binary, type Column, date, long, type Row, string } from './column.ts';

/**
 * The certificate table: one row for each request that got as far as a serial number. Names are as certutil prints them
 * (`PrivatekeyFlags`, `IssuerNameID`); MS-CSRA writes these two with other capitals.
 */
export const CERTIFICATE_COLUMNS = [
  long(0x2000, 'RequestID', 'Issued Request ID', 'indexed'),
  binary(0x2001, 'RawCertificate', 16384, 'Binary Certificate'),
  string(0x2002, 'CertificateHash', 128, 'Certificate Hash', 'indexed'),
  string(0x2003, 'CertificateTemplate', 254, 'Certificate Template', 'indexed'),
  long(0x2004, 'EnrollmentFlags', 'Template Enrollment Flags'),
  long(0x2005, 'GeneralFlags', 'Template General Flags'),
  long(0x2006, 'PrivatekeyFlags', 'Template Private Key Flags'),
  string(0x2007, 'SerialNumber', 128, 'Serial Number', 'indexed'),
  long(0x2008, 'IssuerNameID', 'Issuer Name ID'),
  date(0x2009, 'NotBefore', 'Certificate Effective Date'),
  date(0x200a, 'NotAfter', 'Certificate Expiration Date', 'indexed'),
  string(0x200b, 'SubjectKeyIdentifier', 128, 'Issued Subject Key Identifier', 'indexed'),
  binary(0x200c, 'RawPublicKey', 4096, 'Binary Public Key'),
  long(0x200d, 'PublicKeyLength', 'Public Key Length'),
  string(0x200e, 'PublicKeyAlgorithm', 254, 'Public Key Algorithm'),
  binary(0x200f, 'RawPublicKeyAlgorithmParameters', 4096, 'Public Key Algorithm Parameters'),
  long(0x2010, 'PublishExpiredCertInCRL', 'Publish Expired Certificate in CRL'),
  string(0x2011, 'UPN', 2048, 'User Principal Name', 'indexed'),
  string(0x2012, 'DistinguishedName', 8192, 'Issued Distinguished Name'),
  binary(0x2013, 'RawName', 4096, 'Issued Binary Name'),
  string(0x2014, 'Country', 8192, 'Issued Country/Region'),
  string(0x2015, 'Organization', 8192, 'Issued Organization'),
  string(0x2016, 'OrgUnit', 8192, 'Issued Organization Unit'),
  string(0x2017, 'CommonName', 8192, 'Issued Common Name', 'indexed'),
  string(0x2018, 'Locality', 8192, 'Issued City'),
  string(0x2019, 'State', 8192, 'Issued State'),
  string(0x201a, 'Title', 8192, 'Issued Title'),
  string(0x201b, 'GivenName', 8192, 'Issued First Name'),
  string(0x201c, 'Initials', 8192, 'Issued Initials'),
  string(0x201d, 'SurName', 8192, 'Issued Last Name'),
  string(0x201e, 'DomainComponent', 8192, 'Issued Domain Component'),
  string(0x201f, 'EMail', 8192, 'Issued Email Address'),
  string(0x2020, 'StreetAddress', 8192, 'Issued Street Address'),
  string(0x2021, 'UnstructuredName', 8192, 'Issued Unstructured Name'),
  string(0x2022, 'UnstructuredAddress', 8192, 'Issued Unstructured Address'),
  string(0x2023, 'DeviceSerialNumber', 8192, 'Issued Device Serial Number'),
] as const satisfies readonly Column[];

export type CertificateRow = Row<typeof CERTIFICATE_COLUMNS>;
