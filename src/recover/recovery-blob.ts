/**
 * The recovery BLOB: what `certutil -getkey` writes (MS-CSRA 3.1.4.2.9, ICertAdminD2::GetArchivedKey). A SignedData of the
 * CA over the archived key, which is an EnvelopedData for the recovery agents, with all the certificates a recovery needs.
 */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { DerReader } from '#pki/asn1/der-reader';
import {
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  szOID_ARCHIVED_KEY_CERT_HASH,
  szOID_KP_KEY_RECOVERY_AGENT,
} from '#pki/asn1/oid-table';
import { TAG } from '#pki/asn1/tag';
import { octetStringAttribute } from '#pki/cms/attribute';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import { certificatesOf } from '#pki/cms/certificate-set';
import { decodeEnvelopedData, type EnvelopedData, readEnvelopedData } from '#pki/cms/enveloped-data';
import { decodeSignedData, type SignedData, type SignerInfo } from '#pki/cms/signed-data';
import { signerCertificate, verifySignerInfo } from '#pki/cms/verify';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { decodeBasicConstraints } from '#pki/x509/extensions/basic-constraints';
import { decodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { readableExtension } from '#pki/x509/readable-extension';
import { type BlobRecipient, describeRecipients } from './recipient.ts';

/** Everything a BLOB says without a key. */
export interface RecoveryBlob {
  /** Whose signature the BLOB bears; it verifies. Whether he is to be trusted is another question. */
  readonly signer: Certificate;
  /** The certificate whose key is archived. */
  readonly certificate: Certificate;
  /** All certificates of the BLOB in its order: the user's, chains of the CAs, the agents'. */
  readonly certificates: readonly Certificate[];
  readonly recipients: readonly BlobRecipient[];
  readonly envelopedData: EnvelopedData;
}

/**
 * Takes DER or BER and verifies the signature of the CA with its certificate from the BLOB.
 * Throws Asn1Error and CRYPT_E_INVALID_MSG_TYPE for what is no BLOB, CRYPT_E_NO_SIGNER without a signature,
 * CRYPT_E_SIGNER_NOT_FOUND without the signer's certificate, NTE_BAD_SIGNATURE, CRYPT_E_HASH_VALUE and
 * CRYPT_E_AUTH_ATTR_MISSING as verifySignerInfo, CRYPT_E_HASH_VALUE also where no certificate is the one the CA named,
 * CRYPT_E_NO_MATCH where it named none and several may be meant.
 */
export async function decodeRecoveryBlob(bytes: Uint8Array, engine: CryptoEngine): Promise<RecoveryBlob> {
  const signedData = decodeSignedData(bytes);
  // MS-CSRA 3.1.4.2.9: the first signer is the CA.
  const signerInfo = signedData.signerInfos[0];
  if (!signerInfo) throw hresult('CRYPT_E_NO_SIGNER', 'The recovery BLOB is not signed.');
  const signer = signerCertificate(signedData, signerInfo);
  if (!signer) {
    throw hresult('CRYPT_E_SIGNER_NOT_FOUND', 'The certificate of the CA that signed the BLOB is not in it.');
  }
  await verifySignerInfo(signedData, signerInfo, signer.tbsCertificate.subjectPublicKeyInfo.raw, engine);
  const envelopedData = readArchivedKey(signedData);
  const certificates = certificatesOf(signedData);
  const recipients = await describeRecipients(envelopedData, certificates, engine);
  const certificate = await findArchivedCertificate(signerInfo, signer, certificates, recipients, engine);
  return { signer, certificate, certificates, recipients, envelopedData };
}

/**
 * id-data over a ContentInfo is what the white paper draws; id-envelopedData over the bare EnvelopedData is what CMS would
 * have it be. No public text settles which one Windows writes, so either is read under either type.
 */
function readArchivedKey({ encapContentInfo }: SignedData): EnvelopedData {
  const content = encapContentInfo.pkcs7Content ?? encapContentInfo.eContent;
  if (!content) throw hresult('CRYPT_E_BAD_MSG', 'The recovery BLOB holds no archived key.');
  const der = toDer(content);
  const isContentInfo = new DerReader(der).sequence().peek() === TAG.OBJECT_IDENTIFIER;
  return isContentInfo ? decodeEnvelopedData(der) : decodeWhole(der, readEnvelopedData);
}

async function findArchivedCertificate(
  signerInfo: SignerInfo,
  signer: Certificate,
  certificates: readonly Certificate[],
  recipients: readonly BlobRecipient[],
  engine: CryptoEngine,
): Promise<Certificate> {
  const hash = octetStringAttribute(signerInfo.signedAttrs, szOID_ARCHIVED_KEY_CERT_HASH);
  if (hash) {
    for (const certificate of certificates) {
      if (isSameBytes(await thumbprint(certificate, engine), hash)) return certificate;
    }
    throw hresult('CRYPT_E_HASH_VALUE', `The BLOB lacks the certificate ${formatHex(hash)} whose key it says to hold.`);
  }
  const [only, ...others] = certificates.filter(
    (certificate) => certificate !== signer && isEndEntity(certificate) && !isAgent(certificate, recipients),
  );
  if (only && others.length === 0) return only;
  throw hresult('CRYPT_E_NO_MATCH', 'The BLOB does not say whose key it holds, and its certificates leave it open.');
}

function isEndEntity({ tbsCertificate }: Certificate): boolean {
  return !readableExtension(tbsCertificate.extensions, id_ce_basicConstraints, decodeBasicConstraints)?.cA;
}

function isAgent(certificate: Certificate, recipients: readonly BlobRecipient[]): boolean {
  const { extensions } = certificate.tbsCertificate;
  const purposes = readableExtension(extensions, id_ce_extKeyUsage, decodeExtendedKeyUsage);
  if (purposes?.includes(szOID_KP_KEY_RECOVERY_AGENT)) return true;
  return recipients.some(({ rid }) => identifiesCertificate(rid, certificate));
}
