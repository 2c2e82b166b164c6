/** A client of its own, written against MS-WCCE alone: it makes keys, PKCS #10 and CMC requests with an archived key. */
import { encodeDer, octetString } from '#pki/asn1/der-writer';
import { id_cct_PKIData, id_cmc_regInfo, szOID_CMC_ADD_ATTRIBUTES } from '#pki/asn1/oid-table';
import { archivedKeyAttribute } from '#pki/cmc/archived-key';
import { control, encodeAddAttributes } from '#pki/cmc/controls';
import { encryptedKeyHashAttribute } from '#pki/cmc/encrypted-key-hash';
import { formatRegistrationInfo } from '#pki/cmc/name-value-pairs';
import { encodePkiData } from '#pki/cmc/pki-data';
import { sealData } from '#pki/cms/seal';
import { signData } from '#pki/cms/sign';
import type { CryptoEngine, KeyParameters, PrivateKey } from '#pki/crypto/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { encodeBcryptEccBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import { decodeCertificate } from '#pki/x509/certificate';
import {
  buildCertificationRequestInfo,
  extensionRequest,
  signCertificationRequest,
} from '#pki/x509/certification-request';
import { encodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
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

export async function pkcs10(
  engine: CryptoEngine,
  { key }: RequesterKey,
  subject = 'CN=Test Subject',
): Promise<Uint8Array> {
  const identifier = await keyIdentifier(key.publicKey, engine);
  const info = buildCertificationRequestInfo({
    subject: parseName(subject),
    subjectPKInfo: key.publicKey,
    attributes: [
      extensionRequest([
        { extnID: '2.5.29.14', critical: false, extnValue: encodeDer(encodeSubjectKeyIdentifier(identifier)) },
      ]),
    ],
  });
  return signCertificationRequest(info, defaultScheme(key.publicKey), key);
}

export interface ArchivalOptions {
  /** What is sealed in place of the key's own BLOB. */
  readonly keyBlob?: Uint8Array;
  /** In place of the true hash. */
  readonly hash?: Uint8Array;
  readonly subject?: string;
}

/** A CMC full request with the private key sealed to the exchange certificate. */
export async function archivalRequest(
  engine: CryptoEngine,
  requester: RequesterKey,
  exchangeCertificate: Uint8Array,
  template: string,
  options: ArchivalOptions = {},
): Promise<Uint8Array> {
  const { key, pkcs8 } = requester;
  const isRsa = defaultScheme(key.publicKey).name !== 'ecdsa';
  const keyBlob = options.keyBlob ?? (isRsa ? encodeCapiPrivateKeyBlob(pkcs8) : encodeBcryptEccBlob(pkcs8, 'ECDH'));
  const archivedKey = await sealData({
    content: keyBlob,
    cipher: { name: 'aes-cbc', keyLength: 32 },
    recipients: [{ certificate: decodeCertificate(exchangeCertificate) }],
    engine,
  });
  const hash = options.hash ?? (await engine.digest('sha256', archivedKey));
  const pkiData = encodePkiData({
    controlSequence: [
      control(
        2,
        szOID_CMC_ADD_ATTRIBUTES,
        encodeAddAttributes({
          pkiDataReference: 0,
          certReferences: [1],
          attributes: [encryptedKeyHashAttribute(hash)],
        }),
      ),
      control(
        3,
        id_cmc_regInfo,
        encodeDer(octetString(new TextEncoder().encode(formatRegistrationInfo([['CertificateTemplate', template]])))),
      ),
    ],
    reqSequence: [
      { type: 'tcr', bodyPartID: 1, certificationRequest: await pkcs10(engine, requester, options.subject) },
    ],
    cmsSequence: [],
    otherMsgSequence: [],
  });
  return signData({
    eContentType: id_cct_PKIData,
    eContent: pkiData,
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
