import { isSameBytes } from '../asn1/bytes.ts';
import {
  id_cct_PKIResponse,
  id_cmc_recipientNonce,
  id_cmc_statusInfo,
  id_cmc_transactionId,
  szOID_CMC_ADD_ATTRIBUTES,
} from '../asn1/oid-table.ts';
import type { Attribute } from '../cms/attribute.ts';
import { certificatesOf } from '../cms/certificate-set.ts';
import { type SignatureRequest, signData } from '../cms/sign.ts';
import { decodeSignedData, type SignedData } from '../cms/signed-data.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import { type Certificate, thumbprint } from '../x509/certificate.ts';
import {
  control,
  controlValues,
  decodeAddAttributes,
  encodeAddAttributes,
  encodeOctetStringControl,
  encodeTransactionId,
  singleControlValue,
} from './controls.ts';
import { encryptedKeyHashAttribute, findEncryptedKeyHash } from './encrypted-key-hash.ts';
import { findIssuedCertHash, issuedCertHashAttribute } from './issued-cert-hash.ts';
import { signedContent } from './pkcs7-request.ts';
import type { TaggedAttribute } from './pki-data.ts';
import { decodePkiResponse, encodePkiResponse, type PKIResponse } from './pki-response.ts';
import { CMCStatus, type CMCStatusInfo, decodeStatusInfo, encodeStatusInfo } from './status-info.ts';

/** What the CA answers (MS-WCCE 2.2.2.8). */
export type FullResponseOutcome =
  /** Issued, also where the certificate is revoked by now. */
  | {
      readonly status: 'issued';
      /** DER Certificate. */
      readonly certificate: Uint8Array;
      /** Echoed where the CA has archived the key of the request. */
      readonly encryptedKeyHash?: Uint8Array | undefined;
    }
  /** Denied, or not readable. */
  | { readonly status: 'failed'; readonly failInfo?: number | undefined }
  | { readonly status: 'pending'; readonly requestId: number; readonly pendTime: Date };

export interface FullResponseRequest {
  readonly outcome: FullResponseOutcome;
  /** The disposition message, such as `Issued`. */
  readonly statusString: string;
  /** The bodyPartID of the request answered; 1 unless said otherwise. */
  readonly requestBodyPartID?: number | undefined;
  /** Echoed where the request had it: the INTEGER's octets (RFC 5272 §6.6). */
  readonly transactionId?: Uint8Array | undefined;
  /** The senderNonce of the request. */
  readonly recipientNonce?: Uint8Array | undefined;
  /** DER certificates of the CA's chain; the issued one is put after them. */
  readonly chain: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[] | undefined;
  readonly signer: SignatureRequest;
  readonly engine: CryptoEngine;
}

/** DER ContentInfo with the CA's SignedData over a PKIResponse. */
export async function buildFullResponse(request: FullResponseRequest): Promise<Uint8Array> {
  const { outcome, chain, crls, signer, engine } = request;
  const eContent = encodePkiResponse({
    controlSequence: await responseControls(request),
    cmsSequence: [],
    otherMsgSequence: [],
  });
  const certificates = outcome.status === 'issued' ? [...chain, outcome.certificate] : chain;
  return signData({ eContentType: id_cct_PKIResponse, eContent, signers: [signer], certificates, crls, engine });
}

async function responseControls(request: FullResponseRequest): Promise<TaggedAttribute[]> {
  const { outcome, requestBodyPartID = 1, transactionId, recipientNonce, engine } = request;
  const values: [attrType: string, value: Uint8Array][] = [[id_cmc_statusInfo, encodeStatusInfo(statusOf(request))]];
  if (outcome.status === 'issued') {
    const attributes: Attribute[] = [issuedCertHashAttribute(await engine.digest('sha1', outcome.certificate))];
    if (outcome.encryptedKeyHash) attributes.push(encryptedKeyHashAttribute(outcome.encryptedKeyHash));
    const reference = { pkiDataReference: 0, certReferences: [requestBodyPartID] };
    values.push([szOID_CMC_ADD_ATTRIBUTES, encodeAddAttributes({ ...reference, attributes })]);
  }
  if (transactionId) values.push([id_cmc_transactionId, encodeTransactionId(transactionId)]);
  if (recipientNonce) values.push([id_cmc_recipientNonce, encodeOctetStringControl(recipientNonce)]);
  return values.map(([attrType, value], index) => control(index + 1, attrType, value));
}

function statusOf({ outcome, requestBodyPartID = 1, statusString }: FullResponseRequest): CMCStatusInfo {
  const common = { bodyList: [requestBodyPartID], statusString };
  switch (outcome.status) {
    case 'issued':
      return { ...common, cMCStatus: CMCStatus.success };
    case 'failed':
      return { ...common, cMCStatus: CMCStatus.failed, failInfo: outcome.failInfo };
    case 'pending': {
      const pendInfo = { pendToken: pendTokenOf(outcome.requestId), pendTime: outcome.pendTime };
      return { ...common, cMCStatus: CMCStatus.pending, pendInfo };
    }
  }
}

/**
 * The request id as a DWORD lies in memory on Windows, four octets, the lowest first. That the token is the request id is
 * MS-WCCE 2.2.2.8; how it becomes octets is not said anywhere, so clients must take it as opaque.
 */
export function pendTokenOf(requestId: number): Uint8Array {
  return Uint8Array.of(requestId, requestId >>> 8, requestId >>> 16, requestId >>> 24);
}

export interface FullResponse {
  /** As received. */
  readonly raw: Uint8Array;
  readonly signedData: SignedData;
  readonly pkiResponse: PKIResponse;
  /** Undefined where the response has no status. */
  readonly statusInfo: CMCStatusInfo | undefined;
  readonly issuedCertHash: Uint8Array | undefined;
  readonly encryptedKeyHash: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
}

/**
 * Takes DER or BER; the signature is not checked.
 * Throws CRYPT_E_INVALID_MSG_TYPE where it is no signed PKIResponse, CRYPT_E_NO_SIGNER where nobody signed it,
 * CRYPT_E_BAD_MSG where a control or attribute stands twice, Asn1Error.
 */
export function decodeFullResponse(bytes: Uint8Array): FullResponse {
  const signedData = decodeSignedData(bytes);
  const pkiResponse = decodePkiResponse(signedContent(signedData, id_cct_PKIResponse));
  const { controlSequence } = pkiResponse;
  const status = singleControlValue(controlSequence, id_cmc_statusInfo);
  const attributes = controlValues(controlSequence, szOID_CMC_ADD_ATTRIBUTES)
    .map(decodeAddAttributes)
    .flatMap((one) => one.attributes);
  return {
    raw: bytes,
    signedData,
    pkiResponse,
    statusInfo: status && decodeStatusInfo(status),
    issuedCertHash: findIssuedCertHash(attributes),
    encryptedKeyHash: findEncryptedKeyHash(attributes),
    certificates: certificatesOf(signedData),
  };
}

/** The certificate that the response brings, found by its hash; undefined where there is none. */
export async function issuedCertificate(
  { issuedCertHash, certificates }: FullResponse,
  engine: CryptoEngine,
): Promise<Certificate | undefined> {
  if (!issuedCertHash) return undefined;
  for (const certificate of certificates) {
    if (isSameBytes(await thumbprint(certificate, engine), issuedCertHash)) return certificate;
  }
  return undefined;
}
