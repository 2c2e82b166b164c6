/** `ExtensionFlags`: MS-CSRA 3.1.1.1.3. MS-CSRA prints the four origin bits mirrored; these are the numbers of certsrv.h. */

export const EXTENSION_FLAG_CRITICAL = 0x1;
export const EXTENSION_FLAG_DISABLED = 0x2;
export const EXTENSION_ORIGIN_MASK = 0xf0000;

export const EXTENSION_ORIGIN = {
  REQUEST: 0x10000,
  POLICY: 0x20000,
  ADMIN: 0x30000,
  SERVER: 0x40000,
  RENEWALCERT: 0x50000,
  IMPORTEDCERT: 0x60000,
  PKCS7: 0x70000,
  CMC: 0x80000,
  CACERT: 0x90000,
} as const;

/** As certutil prints them behind `Origin=`. */
export const EXTENSION_ORIGIN_TEXTS: Readonly<Record<keyof typeof EXTENSION_ORIGIN, string>> = {
  REQUEST: 'Request',
  POLICY: 'Policy',
  ADMIN: 'Admin',
  SERVER: 'Server',
  RENEWALCERT: 'RenewalCert',
  IMPORTEDCERT: 'ImportedCert',
  PKCS7: 'PKCS7',
  CMC: 'CMC',
  CACERT: 'CACert',
};
