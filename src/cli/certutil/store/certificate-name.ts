import type { Certificate } from '#pki/x509/certificate';
import { commonName, type Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';

/** How certutil names a certificate in a sentence: the common name, else the whole subject. */
export function certificateName({ tbsCertificate }: Certificate): string {
  return shortName(tbsCertificate.subject);
}

export function shortName(name: Name): string {
  return commonName(name) ?? formatName(name);
}
