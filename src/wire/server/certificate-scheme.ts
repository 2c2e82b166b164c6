/**
 * TLS client certificates of this CA. That the caller has the key, TLS has proved; that the certificate is good, the CA's own
 * records say: issued by it and not revoked, at this moment and not at that of the last CRL.
 */
import type { Directory, DirectoryPrincipal } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { id_kp_clientAuth, szOID_KP_SMARTCARD_LOGON } from '#pki/asn1/oid-table';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { findUserPrincipalName } from '#pki/x509/general-name';
import { requireAccount, type Scheme } from './scheme.ts';

/** What the CA knows of a certificate: undefined for one that it has not issued. */
export type CertificateRecords = (
  certificate: Certificate,
) => Promise<{ readonly isValid: boolean; readonly requesterName: string } | undefined>;

export function certificateScheme(directory: Directory, records: CertificateRecords, now: () => Date): Scheme {
  return {
    name: 'certificate',
    challenge: undefined,
    async signIn({ certificate: raw }) {
      if (raw === undefined) throw refused('was not shown');
      const certificate = decodeCertificate(raw);
      const { extensions, validity } = certificate.tbsCertificate;
      const purposes = extensionValue(extensions, EXTENSIONS.extKeyUsage) ?? [];
      if (!purposes.includes(id_kp_clientAuth) && !purposes.includes(szOID_KP_SMARTCARD_LOGON))
        throw refused('is not for client authentication');
      if (now() < validity.notBefore || now() > validity.notAfter) throw refused('is not valid now');
      const record = await records(certificate);
      if (record === undefined) throw refused('is not of this CA');
      if (!record.isValid) throw refused('is revoked');
      return { caller: await accountOf(directory, certificate, record.requesterName), scheme: 'certificate' };
    },
  };
}

/**
 * The account whose user principal name the certificate bears, or who requested it. A name alone is not enough, because some
 * templates let the requester write it: the account must have requested the certificate itself, or have it published in the
 * directory, and the SID must be its own where the certificate bears one.
 */
async function accountOf(
  directory: Directory,
  certificate: Certificate,
  requesterName: string,
): Promise<DirectoryPrincipal> {
  const { extensions } = certificate.tbsCertificate;
  const upn = findUserPrincipalName(extensionValue(extensions, EXTENSIONS.subjectAltName) ?? []);
  const account = await requireAccount(directory, upn ?? requesterName);
  const isRequester = account.accountName.toLowerCase() === requesterName.toLowerCase();
  if (!isRequester && !(await isPublished(directory, account, certificate)))
    throw refused(`names ${account.accountName}, whose it is not`);
  const sid = extensionValue(extensions, EXTENSIONS.ntdsCaSecurity);
  if (sid !== undefined && sid !== account.sid) throw refused(`bears another SID than ${account.accountName}`);
  return account;
}

async function isPublished(
  directory: Directory,
  { object }: DirectoryPrincipal,
  { raw }: Certificate,
): Promise<boolean> {
  const whole = await directory.object(object.distinguishedName);
  const published = whole?.attributes.get('userCertificate') ?? [];
  return published.some((value) => value instanceof Uint8Array && isSameBytes(value, raw));
}

function refused(why: string): Error {
  return hresult('ERROR_LOGON_FAILURE', `The client certificate ${why}.`, {
    hint: 'sign in with a password: certhaven sign-in; or with a certificate that this CA issued to you for it',
  });
}
