/** A client of its own, written against MS-WCCE alone: it makes keys, PKCS #10 and CMC requests with an archived key. */
import { bitString, encodeDer, sequence } from '#pki/asn1/der-writer';
import { id_cct_PKIData, id_cmc_regInfo, id_data, szOID_CMC_ADD_ATTRIBUTES } from '#pki/asn1/oid-table';
import { archivedKeyAttribute } from '#pki/cmc/archived-key';
import { control, encodeAddAttributes, encodeOctetStringControl } from '#pki/cmc/controls';
import { encryptedKeyHashAttribute } from '#pki/cmc/encrypted-key-hash';
import { formatRegistrationInfo, type NameValuePair } from '#pki/cmc/name-value-pairs';
import { encodePkiData } from '#pki/cmc/pki-data';
import type { Attribute as CmsAttribute } from '#pki/cms/attribute';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { sealData } from '#pki/cms/seal';
import { type SignatureRequest, signData } from '#pki/cms/sign';
import { algorithmWithNull } from '#pki/crypto/algorithm-identifier';
import type { CryptoEngine, KeyParameters, PrivateKey } from '#pki/crypto/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { encodeBcryptEccBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import { type Attribute, attribute } from '#pki/x509/attribute';
import { decodeCertificate } from '#pki/x509/certificate';
import {
  buildCertificationRequestInfo,
  extensionRequest,
  signCertificationRequest,
} from '#pki/x509/certification-request';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { parseName } from '#pki/x509/name-text';

export interface RequesterKey {
  readonly pkcs8: Uint8Array;
  readonly key: PrivateKey;
}

export async function newKey(
  engine: CryptoEngine,
  parameters: KeyParameters = { type: 'rsa', modulusLength: 2048 },
): Promise<RequesterKey> {
  const pkcs8 = await engine.generateKey(parameters);
  return { pkcs8, key: await engine.importPrivateKey(pkcs8) };
}

export interface Pkcs10Options {
  readonly subject?: string;
  /** Beside the subject key identifier. */
  readonly extensions?: readonly Extension[];
  /** Beside extensionRequest. */
  readonly attributes?: readonly Attribute[];
  /** A digest of the request in its signature's place: MS-WCCE 2.2.2.6.5. */
  readonly isNullSigned?: boolean;
}

export async function pkcs10(
  engine: CryptoEngine,
  { key }: RequesterKey,
  options: Pkcs10Options = {},
): Promise<Uint8Array> {
  const identifier = await keyIdentifier(key.publicKey, engine);
  const info = buildCertificationRequestInfo({
    subject: parseName(options.subject ?? 'CN=Test Subject'),
    subjectPKInfo: key.publicKey,
    attributes: [
      extensionRequest([encodeExtension(EXTENSIONS.subjectKeyIdentifier, identifier), ...(options.extensions ?? [])]),
      ...(options.attributes ?? []),
    ],
  });
  if (!options.isNullSigned) return signCertificationRequest(info, defaultScheme(key.publicKey), key);
  const digest = await engine.digest('sha256', info);
  return encodeDer(sequence(info, algorithmWithNull('2.16.840.1.101.3.4.2.1'), bitString(digest)));
}

export interface CmcOptions extends Pkcs10Options {
  /** In regInfo. */
  readonly template?: string;
  /** In regInfo too. */
  readonly pairs?: readonly NameValuePair[];
  readonly addedAttributes?: readonly CmsAttribute[];
  readonly signedAttributes?: readonly CmsAttribute[];
  readonly unsignedAttributes?: readonly CmsAttribute[];
  /** Signs in place of the requester's own key. */
  readonly outerKey?: RequesterKey;
  /** Sign beside the requester, named by their certificates. */
  readonly cosigners?: readonly Cosigner[];
}

/** A CMC full request (RFC 5272 §3.2.1) around a PKCS #10. */
export async function cmcRequest(
  engine: CryptoEngine,
  requester: RequesterKey,
  options: CmcOptions = {},
): Promise<Uint8Array> {
  const attributes = options.addedAttributes ?? [];
  const reference = { pkiDataReference: 0, certReferences: [1] };
  const regInfo = [
    ...(options.template === undefined ? [] : [['CertificateTemplate', options.template] as const]),
    ...(options.pairs ?? []),
  ];
  const pkiData = encodePkiData({
    controlSequence: [
      ...(attributes.length > 0
        ? [control(2, szOID_CMC_ADD_ATTRIBUTES, encodeAddAttributes({ ...reference, attributes }))]
        : []),
      control(3, id_cmc_regInfo, encodeOctetStringControl(new TextEncoder().encode(formatRegistrationInfo(regInfo)))),
    ],
    reqSequence: [{ type: 'tcr', bodyPartID: 1, certificationRequest: await pkcs10(engine, requester, options) }],
    cmsSequence: [],
    otherMsgSequence: [],
  });
  const { key } = options.outerKey ?? requester;
  return signData({
    eContentType: id_cct_PKIData,
    eContent: pkiData,
    signers: [
      {
        signer: key,
        sid: { subjectKeyIdentifier: await keyIdentifier(requester.key.publicKey, engine) },
        scheme: defaultScheme(key.publicKey),
        signedAttributes: options.signedAttributes,
        unsignedAttributes: options.unsignedAttributes,
      },
      ...(options.cosigners ?? []).map(cosignature),
    ],
    certificates: options.cosigners?.map(({ certificate }) => certificate),
    engine,
  });
}

/** Somebody with a certificate, and what his signature says besides. */
export interface Cosigner {
  readonly certificate: Uint8Array;
  readonly key: RequesterKey;
  readonly signedAttributes?: readonly CmsAttribute[];
  readonly unsignedAttributes?: readonly CmsAttribute[];
}

/** A PKCS #10 signed once more (MS-WCCE 2.2.2.6.2). */
export async function pkcs7Request(engine: CryptoEngine, request: Uint8Array, cosigner: Cosigner): Promise<Uint8Array> {
  return signData({
    eContentType: id_data,
    eContent: request,
    signers: [cosignature(cosigner)],
    certificates: [cosigner.certificate],
    engine,
  });
}

function cosignature({ certificate, key: { key }, ...attributes }: Cosigner): SignatureRequest {
  return {
    ...attributes,
    signer: key,
    sid: issuerAndSerialNumberOf(decodeCertificate(certificate)),
    scheme: defaultScheme(key.publicKey),
  };
}

/** The key's own BLOB, in the form Windows of its time sends. */
export function keyBlobOf({ key, pkcs8 }: RequesterKey): Uint8Array {
  const isRsa = defaultScheme(key.publicKey).name !== 'ecdsa';
  return isRsa ? encodeCapiPrivateKeyBlob(pkcs8) : encodeBcryptEccBlob(pkcs8, 'ECDH');
}

export interface ArchivalOptions extends CmcOptions {
  /** What is sealed in place of the key's own BLOB. */
  readonly keyBlob?: Uint8Array;
  /** In place of the true hash. */
  readonly hash?: Uint8Array;
}

/** A CMC full request with the private key sealed to the exchange certificate. */
export async function archivalRequest(
  engine: CryptoEngine,
  requester: RequesterKey,
  exchangeCertificate: Uint8Array,
  template: string,
  options: ArchivalOptions = {},
): Promise<Uint8Array> {
  const archivedKey = await sealData({
    content: options.keyBlob ?? keyBlobOf(requester),
    cipher: { name: 'aes-cbc', keyLength: 32 },
    recipients: [{ certificate: decodeCertificate(exchangeCertificate) }],
    engine,
  });
  const hash = options.hash ?? (await engine.digest('sha256', archivedKey));
  return cmcRequest(engine, requester, {
    ...options,
    template,
    addedAttributes: [encryptedKeyHashAttribute(hash)],
    unsignedAttributes: [archivedKeyAttribute(archivedKey)],
  });
}

/**
 * The same from a client that knows no CMC (document 004, Appendix A): a PKCS #10 inside PKCS #7, signed by the new key, the
 * hash among the attributes of the PKCS #10.
 */
export async function pkcs7ArchivalRequest(
  engine: CryptoEngine,
  requester: RequesterKey,
  exchangeCertificate: Uint8Array,
): Promise<Uint8Array> {
  const { key } = requester;
  const archivedKey = await sealData({
    content: keyBlobOf(requester),
    cipher: { name: 'des-ede3-cbc' },
    recipients: [{ certificate: decodeCertificate(exchangeCertificate) }],
    engine,
  });
  const { attrType, attrValues } = encryptedKeyHashAttribute(await engine.digest('sha1', archivedKey));
  return signData({
    eContentType: id_data,
    eContent: await pkcs10(engine, requester, { attributes: [attribute(attrType, attrValues)] }),
    signers: [
      {
        signer: key,
        sid: { subjectKeyIdentifier: await keyIdentifier(key.publicKey, engine) },
        scheme: defaultScheme(key.publicKey),
        unsignedAttributes: [archivedKeyAttribute(archivedKey)],
      },
    ],
    engine,
  });
}
