import type { HresultSymbol } from '#hresult/codes';

const CORRUPT = 'make the request anew with certreq -new: this one cannot be read';
const SIGNED_BY_AUTHORITY =
  'the template wants signatures of registration authorities (msPKI-RA-Signature): have the request signed by them';
const NEW_REQUEST = 'the request was changed, or its maker is at fault: make it anew with certreq -new';

const TOO_LONG = 'ask for less in one certificate, such as fewer names: the database takes no more';

/** What a requester can do about a refusal: a CA answers with a code and a sentence, wherever it is, and no more. */
export const REFUSAL_HINTS: Readonly<Partial<Record<HresultSymbol, string>>> = {
  CERTSRV_E_UNSUPPORTED_CERT_TYPE:
    'certutil -CATemplates lists what the CA issues; -SetCATemplates +NAME lets it issue more',
  CERTSRV_E_NO_CERT_TYPE:
    'name a template: CertificateTemplate = NAME under [RequestAttributes], or -attrib CertificateTemplate:NAME',
  CERTSRV_E_TEMPLATE_CONFLICT: 'the request and -attrib name different templates: leave out one of them',
  CERTSRV_E_BAD_TEMPLATE_VERSION:
    'the CA knows an earlier version of the template: make the request anew, or wait for the directory',
  CERTSRV_E_ARCHIVED_KEY_REQUIRED: 'the template archives keys: make the request anew with PrivateKeyArchive = TRUE',
  CERTSRV_E_ARCHIVED_KEY_UNEXPECTED: 'leave out PrivateKeyArchive, or use a template that archives keys',
  CERTSRV_E_KEY_LENGTH: 'make a longer key: KeyLength in the INF file',
  CERTSRV_E_SUBJECT_EMAIL_REQUIRED:
    'the template wants a mail address: add yours to the directory, or use another template',
  CERTSRV_E_SUBJECT_UPN_REQUIRED:
    'the template wants a user principal name: add yours to the directory, or use another template',
  CERTSRV_E_SUBJECT_DNS_REQUIRED: 'the template is for computers: enroll as one that has a DNS name in the directory',
  CERTSRV_E_SUBJECT_DIRECTORY_GUID_REQUIRED: 'the template wants the objectGUID of the account: use another template',
  CERTSRV_E_TEMPLATE_DENIED:
    'ask for the right on the template: certhaven template permit NAME DOMAIN\\name read enroll',
  CERTSRV_E_BAD_REQUESTSUBJECT:
    'write Subject = "CN=..." in the INF file: the template leaves the subject to the request',
  CERTSRV_E_BAD_RENEWAL_SUBJECT:
    'everybody asks for himself; for another an enrollment agent signs the request, by a template that takes it',
  CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE:
    'renew a certificate of this CA, and sign with its key: RenewalCert in the INF file does both',
  CERTSRV_E_RENEWAL_BAD_PUBLIC_KEY:
    'the template renews with the same key: UseExistingKeySet = TRUE beside RenewalCert',
  CERTSRV_E_RESTRICTEDOFFICER:
    'an agent does not enroll administrators on his own: a certificate manager approves this request, or the administrator enrolls himself',
  CRYPT_E_REVOKED: 'a revoked certificate is not renewed: make a new request',
  ERROR_NONE_MAPPED: 'the one asked for is nobody in the directory: DOMAIN\\name is exact',
  CERTSRV_E_SIGNATURE_POLICY_REQUIRED: SIGNED_BY_AUTHORITY,
  CERTSRV_E_SIGNATURE_COUNT: SIGNED_BY_AUTHORITY,
  CERTSRV_E_SIGNATURE_REJECTED:
    'a signature around the request is not one the template accepts: look at its certificate',
  CERTSRV_E_ISSUANCE_POLICY_REQUIRED: 'no signer has the issuance policy that the template wants (msPKI-RA-Policies)',
  CERTSRV_E_ADMIN_DENIED_REQUEST: 'ask the certificate manager who denied it',
  CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED:
    'a CA administrator chooses key recovery agents: certhaven kra CERTIFICATE... --use N',
  CERTSRV_E_NO_VALID_KRA: 'a CA administrator looks at the key recovery agents: certutil -CAInfo kra',
  CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL:
    'the encrypted key belongs among the unsigned attributes of a CMC request: make it with certreq -new',
  CRYPT_E_HASH_VALUE: NEW_REQUEST,
  NTE_BAD_KEY: NEW_REQUEST,
  NTE_BAD_DATA: NEW_REQUEST,
  NTE_BAD_SIGNATURE: NEW_REQUEST,
  CRYPT_E_RECIPIENT_NOT_FOUND:
    'the key is not encrypted to this CA: make the request anew, it fetches the exchange certificate',
  NTE_BAD_TYPE:
    'the template is for keys that encrypt, and only those are archived: KeySpec = 1, and no KeyUsage for signatures alone',
  CERTSRV_E_ENCODING_LENGTH: TOO_LONG,
  ERROR_INVALID_PARAMETER: TOO_LONG,
  CRYPT_E_REVOCATION_OFFLINE:
    'the CA has no current CRL of itself or of a CA above it: its administrator publishes one with certutil -CRL',
  CERTSRV_E_TEMPLATE_POLICY_REQUIRED:
    'the template lets its enrollees become somebody else: its administrator closes that, or a certificate manager approves this request',
  CERTSRV_E_CERT_TYPE_OVERLAP:
    "the template renews sooner than the certificate would last: renew the CA's certificate, or shorten the overlap period",
  ERROR_INVALID_DATA: 'a request attribute has a value that is none: look at -attrib and [RequestAttributes]',
  CERT_E_EXPIRED:
    "a certificate has ended: the one to be renewed, then make a new request; or the CA's, then its administrator renews it",
  CRYPT_E_ASN1_BADTAG: CORRUPT,
  CRYPT_E_ASN1_CORRUPT: CORRUPT,
  CRYPT_E_ASN1_EOD: CORRUPT,
  CRYPT_E_INVALID_MSG_TYPE: CORRUPT,
};
