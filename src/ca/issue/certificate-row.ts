import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import { publicKeyKind } from '#pki/crypto/public-key';
import type { TBSCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatSerial } from '#pki/x509/serial-number';
import type { CertificateRow } from '../schema/certificates.ts';
import { nameColumns } from './name-columns.ts';

/** IssuerNameID: which certificate and which key of the CA signed. MS-CSRA 3.1.1.1.2. */
export function issuerNameId({ index, keyIndex }: { readonly index: number; readonly keyIndex: number }): number {
  return ((keyIndex << 16) | index) >>> 0;
}

/** What a certificate's row says that stands in the certificate itself, signed or not. */
export function certificateColumns(tbs: TBSCertificate): Omit<Partial<CertificateRow>, 'RequestID'> {
  const { algorithm, subjectPublicKey } = tbs.subjectPublicKeyInfo;
  const identifier = extensionValue(tbs.extensions, EXTENSIONS.subjectKeyIdentifier);
  return {
    SerialNumber: formatSerial(tbs.serialNumber),
    NotBefore: tbs.validity.notBefore,
    NotAfter: tbs.validity.notAfter,
    SubjectKeyIdentifier: identifier ? formatHex(identifier) : null,
    RawPublicKey: subjectPublicKey,
    PublicKeyLength: publicKeyKind(tbs.subjectPublicKeyInfo).bits,
    PublicKeyAlgorithm: algorithm.algorithm,
    RawPublicKeyAlgorithmParameters: algorithm.parameters ?? null,
    ...nameColumns(tbs.subject),
  };
}

/** The certificate of a row, undefined without one. Throws ERROR_INVALID_DATA where it is not the one that was recorded. */
export async function recordedCertificate(
  row: CertificateRow | undefined,
  engine: CryptoEngine,
): Promise<Uint8Array | undefined> {
  const raw = row?.RawCertificate;
  if (!row || !raw) return undefined;
  if (formatHex(await engine.digest('sha1', raw)) === row.CertificateHash) return raw;
  throw hresult('ERROR_INVALID_DATA', `The certificate of request ${row.RequestID} is damaged.`, {
    hint: 'restore the database from a backup',
  });
}
