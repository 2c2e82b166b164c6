import { hresult } from '#hresult/hresult-error';
import {
  id_cct_PKIData,
  id_cmc_addExtensions,
  id_cmc_regInfo,
  id_data,
  szOID_CMC_ADD_ATTRIBUTES,
} from '../asn1/oid-table.ts';
import type { Attribute } from '../cms/attribute.ts';
import { decodeSignedData, type SignedData } from '../cms/signed-data.ts';
import {
  type CertificationRequest,
  decodeCertificationRequest,
  requestedExtensions,
} from '../x509/certification-request.ts';
import type { Extension } from '../x509/extension.ts';
import { findArchivedKey } from './archived-key.ts';
import {
  type ControlReference,
  controlValues,
  decodeAddAttributes,
  decodeAddExtensions,
  decodeOctetStringControl,
} from './controls.ts';
import { findEncryptedKeyHash } from './encrypted-key-hash.ts';
import { nameValuePairsAmong } from './enrollment-name-value-pair.ts';
import { type NameValuePair, parseRegistrationInfo } from './name-value-pairs.ts';
import { decodePkcs7Request, signedContent } from './pkcs7-request.ts';
import { pkcs10Attributes } from './pkcs10-attributes.ts';
import { decodePkiData, type PKIData } from './pki-data.ts';

/** One signed wrapper of a request. */
export interface RequestLayer {
  readonly signedData: SignedData;
  /** Undefined where the wrapper is PKCS #7 over the bare PKCS #10. */
  readonly pkiData: PKIData | undefined;
}

/** A full PKI request (RFC 5272 §3.2.1) as AD CS takes it: one PKCS #10, in one CMC message or several nested ones. */
export interface FullRequest {
  /** As received. */
  readonly raw: Uint8Array;
  /** Of the outermost message. */
  readonly signedData: SignedData;
  readonly pkiData: PKIData;
  /** The messages inside, outermost first: an enrollment agent's message around the client's. Mostly empty. */
  readonly nested: readonly RequestLayer[];
  readonly certificationRequest: CertificationRequest;
  /** What addExtensions controls add, in the order of the message. */
  readonly addedExtensions: readonly Extension[];
  /** What the request asks for in all: an added extension stands instead of the PKCS #10's own. */
  readonly extensions: readonly Extension[];
  /** What szOID_CMC_ADD_ATTRIBUTES controls add. */
  readonly addedAttributes: readonly Attribute[];
  /** Added attributes and those of the PKCS #10 together. */
  readonly attributes: readonly Attribute[];
  /** Of the id-cmc-regInfo controls. */
  readonly registrationInfo: readonly NameValuePair[];
  /** Of szOID_ENROLLMENT_NAME_VALUE_PAIR among `attributes` and the signed attributes of the outermost first signer. */
  readonly nameValuePairs: readonly NameValuePair[];
  /** The sealed private key, the ContentInfo exactly as received. */
  readonly archivedKey: { readonly contentInfo: Uint8Array } | undefined;
  readonly encryptedKeyHash: Uint8Array | undefined;
}

const MAX_NESTING = 4;

/**
 * Takes DER or BER; neither signatures nor hashes are checked.
 * Throws CRYPT_E_INVALID_MSG_TYPE where it is no signed PKIData, CRYPT_E_NO_SIGNER where nobody signed it,
 * ERROR_INVALID_DATA where it does not hold exactly one PKCS #10 or a control speaks of another,
 * CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL where an archived key stands anywhere but in its one place,
 * CRYPT_E_BAD_MSG for an attribute with too many values, Asn1Error.
 */
export function decodeFullRequest(bytes: Uint8Array): FullRequest {
  const signedData = decodeSignedData(bytes);
  const opened = openLayer(signedData, 0);
  const { certificationRequest, addedExtensions, addedAttributes, registrationInfo } = opened;
  const attributes = [...addedAttributes, ...pkcs10Attributes(certificationRequest)];
  const archivedKey = findArchivedKey(
    bytes,
    opened.layers.map((layer) => layer.signedData),
    [...attributes, ...opened.layers.flatMap(({ pkiData }) => pkiData?.controlSequence ?? [])],
  );
  return {
    raw: bytes,
    signedData,
    pkiData: opened.layers[0]!.pkiData!,
    nested: opened.layers.slice(1),
    certificationRequest,
    addedExtensions,
    extensions: mergeExtensions(addedExtensions, requestedExtensions(certificationRequest)),
    addedAttributes,
    attributes,
    registrationInfo,
    nameValuePairs: nameValuePairsAmong([...attributes, ...(signedData.signerInfos[0]!.signedAttrs ?? [])]),
    archivedKey,
    encryptedKeyHash: findEncryptedKeyHash(attributes),
  };
}

interface OpenedRequest {
  readonly layers: readonly RequestLayer[];
  readonly certificationRequest: CertificationRequest;
  /** Undefined where the PKCS #10 stands in no PKIData. */
  readonly bodyPartID: number | undefined;
  readonly addedExtensions: readonly Extension[];
  readonly addedAttributes: readonly Attribute[];
  readonly registrationInfo: readonly NameValuePair[];
}

function openLayer(signedData: SignedData, depth: number): OpenedRequest {
  const pkiData = decodePkiData(signedContent(signedData, id_cct_PKIData));
  const inner = openRequest(pkiData, depth);
  const { controlSequence } = pkiData;
  const extensions = controlValues(controlSequence, id_cmc_addExtensions).map(decodeAddExtensions);
  const attributes = controlValues(controlSequence, szOID_CMC_ADD_ATTRIBUTES).map(decodeAddAttributes);
  for (const one of [...extensions, ...attributes]) checkReference(one, pkiData, inner);
  return {
    layers: [{ signedData, pkiData }, ...inner.layers],
    certificationRequest: inner.certificationRequest,
    bodyPartID: inner.bodyPartID,
    addedExtensions: [...extensions.flatMap((one) => one.extensions), ...inner.addedExtensions],
    addedAttributes: [...attributes.flatMap((one) => one.attributes), ...inner.addedAttributes],
    registrationInfo: [...registrationInfoOf(pkiData), ...inner.registrationInfo],
  };
}

/** The one request of a PKIData: its own PKCS #10, or the one of a message in its cmsSequence. */
function openRequest({ reqSequence, cmsSequence }: PKIData, depth: number): OpenedRequest {
  const bare = { layers: [], addedExtensions: [], addedAttributes: [], registrationInfo: [] };
  const [request] = reqSequence;
  if (reqSequence.length === 1 && cmsSequence.length === 0 && request?.type === 'tcr') {
    const certificationRequest = decodeCertificationRequest(request.certificationRequest);
    return { ...bare, certificationRequest, bodyPartID: request.bodyPartID };
  }
  const [message] = cmsSequence;
  if (reqSequence.length > 0 || cmsSequence.length !== 1 || !message || depth >= MAX_NESTING) {
    throw hresult('ERROR_INVALID_DATA', 'The CMC message must hold exactly one PKCS #10 request.');
  }
  const signedData = decodeSignedData(message.contentInfo);
  if (signedData.encapContentInfo.eContentType !== id_data) return openLayer(signedData, depth + 1);
  const { certificationRequest } = decodePkcs7Request(message.contentInfo);
  return { ...bare, layers: [{ signedData, pkiData: undefined }], certificationRequest, bodyPartID: undefined };
}

/** A control counts for the request it names; with only one here, naming another is a fault. */
function checkReference(
  { pkiDataReference, certReferences }: ControlReference,
  { reqSequence, cmsSequence }: PKIData,
  { bodyPartID }: OpenedRequest,
): void {
  const container = reqSequence.length === 1 ? 0 : cmsSequence[0]!.bodyPartID;
  if (pkiDataReference === container && (bodyPartID === undefined || certReferences.includes(bodyPartID))) return;
  throw hresult('ERROR_INVALID_DATA', 'A control of the CMC message names a request that is not in it.');
}

/**
 * RFC 5272 leaves open what holds when an extension stands twice: here the control of the outermost message goes before
 * those inside it, and any control before the PKCS #10.
 */
function mergeExtensions(added: readonly Extension[], requested: readonly Extension[]): Extension[] {
  const merged = new Map<string, Extension>();
  for (const extension of [...added, ...requested]) {
    if (!merged.has(extension.extnID)) merged.set(extension.extnID, extension);
  }
  return [...merged.values()];
}

/** The pairs that a PKIData itself holds, not those of messages inside it. Throws ERROR_INVALID_DATA. */
export function registrationInfoOf({ controlSequence }: PKIData): NameValuePair[] {
  return controlValues(controlSequence, id_cmc_regInfo).flatMap(decodeRegInfo);
}

function decodeRegInfo(value: Uint8Array): NameValuePair[] {
  try {
    return parseRegistrationInfo(new TextDecoder('utf-8', { fatal: true }).decode(decodeOctetStringControl(value)));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw hresult('ERROR_INVALID_DATA', 'The registration information is not UTF-8.', { cause });
  }
}
