import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { octetString } from '../asn1/der-writer.ts';
import {
  id_cct_PKIData,
  id_cmc_addExtensions,
  id_cmc_regInfo,
  id_contentType,
  szOID_ARCHIVED_KEY_ATTR,
  szOID_CMC_ADD_ATTRIBUTES,
  szOID_REQUEST_CLIENT_INFO,
} from '../asn1/oid-table.ts';
import { attributeOf } from '../cms/attribute.ts';
import { signData } from '../cms/sign.ts';
import { decodeSignedData, encodeSignedData, type SignedData, type SignerInfo } from '../cms/signed-data.ts';
import { verifySignerInfo } from '../cms/verify.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { isSignedByOwnKey } from '../x509/certification-request.ts';
import { publicKeyInfoIdentifier } from '../x509/key-identifier.ts';
import { formatName } from '../x509/name-text.ts';
import { archivedKeyAttribute, decodeArchivedKey, withoutArchivedKey } from './archived-key.ts';
import { control, encodeAddAttributes, encodeAddExtensions, encodeOctetStringControl } from './controls.ts';
import { encryptedKeyHashAttribute, isEncryptedKeyHashOf } from './encrypted-key-hash.ts';
import { decodeCspProvider } from './enrollment-csp-provider.ts';
import { decodeFullRequest } from './full-request.ts';
import { formatRegistrationInfo } from './name-value-pairs.ts';
import { decodeOsVersion, encodeOsVersion } from './os-version.ts';
import { decodePkiData, encodePkiData, type PKIData } from './pki-data.ts';
import { decodeRequestClientInfo, encodeRequestClientInfo } from './request-client-info.ts';

const request = new Uint8Array(readFileSync(new URL('../../../test/vectors/whitepaper/request.der', import.meta.url)));

/** The white paper's message with other parts; its signature is not checked by the decoder. */
function altered(
  change: (signedData: SignedData, first: SignerInfo, pkiData: PKIData) => Partial<SignedData>,
): Uint8Array {
  const signedData = decodeSignedData(request);
  const pkiData = decodePkiData(signedData.encapContentInfo.eContent!);
  return encodeSignedData({ ...signedData, ...change(signedData, signedData.signerInfos[0]!, pkiData) });
}

const withPkiData = (pkiData: PKIData) => ({
  encapContentInfo: { eContentType: id_cct_PKIData, eContent: encodePkiData(pkiData) },
});

test('the archival request of the white paper says what the paper prints', () => {
  const full = decodeFullRequest(request);
  assert.deepEqual(full.registrationInfo, [['CertificateTemplate', 'ArchiveTestBasicEFS']]);
  assert.deepEqual(
    full.addedExtensions.map(({ extnID }) => extnID),
    ['1.3.6.1.4.1.311.21.10', '2.5.29.15', '2.5.29.37', '1.3.6.1.4.1.311.21.7'],
  );
  assert.equal(full.extensions.length, 6);
  assert.equal(full.archivedKey?.contentInfo.length, 909);
  assert.equal(decodeArchivedKey(full.archivedKey.contentInfo).encryptedContentInfo.encryptedContent?.length, 600);
  assert.deepEqual(full.nested, []);
  const attributes = full.certificationRequest.certificationRequestInfo.attributes;
  const requestAttribute = (type: string) => attributes.find((one) => one.type === type)!.values[0]!;
  const osVersion = requestAttribute('1.3.6.1.4.1.311.13.2.3');
  assert.equal(decodeOsVersion(osVersion), '5.2.3790.2');
  assert.deepEqual(encodeOsVersion('5.2.3790.2'), osVersion);
  const clientInfo = requestAttribute('1.3.6.1.4.1.311.21.20');
  assert.deepEqual(decodeRequestClientInfo(clientInfo), {
    clientId: 1,
    machineName: 'dcross-stress.contoso.com',
    userName: 'CONTOSO0\\avibm',
    processName: 'certreq',
  });
  assert.deepEqual(encodeRequestClientInfo(decodeRequestClientInfo(clientInfo)), clientInfo);
  const provider = decodeCspProvider(requestAttribute('1.3.6.1.4.1.311.13.2.2'));
  assert.equal(provider.keySpec, 1);
  assert.match(provider.cspName, /^Microsoft .*Provider/);
  assert.deepEqual(provider.signature, { bytes: new Uint8Array(136), unusedBits: 0 });
});

test('hashes and signatures of the white paper request hold', async () => {
  const full = decodeFullRequest(request);
  const publicKey = full.certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
  assert.equal(await isSignedByOwnKey(full.certificationRequest, nodeEngine), true);
  await verifySignerInfo(full.signedData, full.signedData.signerInfos[0]!, publicKey, nodeEngine);
  assert.equal(await isEncryptedKeyHashOf(full.encryptedKeyHash!, full.archivedKey!.contentInfo, nodeEngine), true);
  const other = full.archivedKey!.contentInfo.slice();
  other[other.length - 1]! ^= 1;
  assert.equal(await isEncryptedKeyHashOf(full.encryptedKeyHash!, other, nodeEngine), false);
});

test('the signer is named by the key identifier of the inner request, which is that of the whole key info', async () => {
  const { certificationRequest, extensions, signedData } = decodeFullRequest(request);
  const { sid, signatureAlgorithm } = signedData.signerInfos[0]!;
  assert.ok('subjectKeyIdentifier' in sid);
  const extension = extensions.find(({ extnID }) => extnID === '2.5.29.14')!;
  assert.deepEqual(extension.extnValue.subarray(2), sid.subjectKeyIdentifier);
  const key = certificationRequest.certificationRequestInfo.subjectPKInfo;
  assert.deepEqual(await publicKeyInfoIdentifier(key, nodeEngine), sid.subjectKeyIdentifier);
  assert.deepEqual(signatureAlgorithm, { algorithm: '1.2.840.113549.1.1.1', parameters: Uint8Array.of(5, 0) });
});

test('the same request is built from its parts, byte for byte but for the signature', async () => {
  const full = decodeFullRequest(request);
  const reference = { pkiDataReference: 0, certReferences: [1] };
  const attributes = [encryptedKeyHashAttribute(full.encryptedKeyHash!)];
  const regInfo = new TextEncoder().encode(formatRegistrationInfo(full.registrationInfo));
  const eContent = encodePkiData({
    controlSequence: [
      control(2, id_cmc_addExtensions, encodeAddExtensions({ ...reference, extensions: full.addedExtensions })),
      control(3, szOID_CMC_ADD_ATTRIBUTES, encodeAddAttributes({ ...reference, attributes })),
      control(4, id_cmc_regInfo, encodeOctetStringControl(regInfo)),
    ],
    reqSequence: [{ type: 'tcr', bodyPartID: 1, certificationRequest: full.certificationRequest.raw }],
    cmsSequence: [],
    otherMsgSequence: [],
  });
  const [signerInfo] = full.signedData.signerInfos;
  const clientInfo = encodeRequestClientInfo({
    clientId: 1,
    machineName: 'dcross-stress.contoso.com',
    userName: 'CONTOSO0\\avibm',
    processName: 'certreq',
  });
  const bytes = await signData({
    eContentType: id_cct_PKIData,
    eContent,
    signers: [
      {
        signer: { publicKey: new Uint8Array(0), sign: async () => signerInfo!.signature },
        sid: signerInfo!.sid,
        scheme: { name: 'rsa-pkcs1', digest: 'sha1' },
        signedAttributes: [attributeOf(szOID_REQUEST_CLIENT_INFO, clientInfo)],
        unsignedAttributes: [archivedKeyAttribute(full.archivedKey!.contentInfo)],
      },
    ],
    engine: nodeEngine,
  });
  assert.deepEqual(bytes, request);
});

test('PKIData is encoded again byte for byte', () => {
  const { eContent } = decodeSignedData(request).encapContentInfo;
  assert.deepEqual(encodePkiData(decodePkiData(eContent!)), eContent);
});

test('without the archived key the request keeps its signature and every other byte', async () => {
  const stripped = withoutArchivedKey(request);
  const full = decodeFullRequest(stripped);
  assert.equal(full.archivedKey, undefined);
  const [before, after] = [decodeSignedData(request), full.signedData];
  assert.deepEqual(after.signerInfos[0]!.unsignedAttrs, undefined);
  assert.deepEqual(
    { ...after, signerInfos: [{ ...after.signerInfos[0]!, unsignedAttrs: before.signerInfos[0]!.unsignedAttrs }] },
    before,
  );
  const signature = after.signerInfos[0]!.signature;
  assert.deepEqual(stripped.subarray(-signature.length), signature);
  const publicKey = full.certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
  await verifySignerInfo(after, after.signerInfos[0]!, publicKey, nodeEngine);
  assert.equal(withoutArchivedKey(stripped), stripped);
});

test('other unsigned attributes survive the removal of the archived key', () => {
  const keep = attributeOf('1.2.3.4', octetString(Uint8Array.of(1)));
  const bytes = altered((_, first) => ({
    signerInfos: [{ ...first, unsignedAttrs: [keep, ...first.unsignedAttrs!] }],
  }));
  assert.deepEqual(decodeSignedData(withoutArchivedKey(bytes)).signerInfos[0]!.unsignedAttrs, [keep]);
});

const archived = () => archivedKeyAttribute(decodeFullRequest(request).archivedKey!.contentInfo);

const MISPLACED: Record<string, () => Uint8Array> = {
  'a signed attribute': () =>
    altered((_, first) => ({
      signerInfos: [{ ...first, signedAttrs: [...first.signedAttrs!, archived()], unsignedAttrs: undefined }],
    })),
  'the second signer': () => altered((_, first) => ({ signerInfos: [{ ...first, unsignedAttrs: undefined }, first] })),
  'an added attribute': () =>
    altered((_, first, pkiData) => ({
      ...withPkiData({
        ...pkiData,
        controlSequence: [
          control(
            9,
            szOID_CMC_ADD_ATTRIBUTES,
            encodeAddAttributes({ pkiDataReference: 0, certReferences: [1], attributes: [archived()] }),
          ),
        ],
      }),
      signerInfos: [{ ...first, unsignedAttrs: undefined }],
    })),
  'a control': () =>
    altered((_, first, pkiData) => ({
      ...withPkiData({
        ...pkiData,
        controlSequence: [{ bodyPartID: 9, attrType: szOID_ARCHIVED_KEY_ATTR, attrValues: archived().attrValues }],
      }),
      signerInfos: [{ ...first, unsignedAttrs: undefined }],
    })),
  'two attributes': () =>
    altered((_, first) => ({
      signerInfos: [{ ...first, unsignedAttrs: [...first.unsignedAttrs!, ...first.unsignedAttrs!] }],
    })),
  'two values': () =>
    altered((_, first) => {
      const [{ attrType, attrValues }] = first.unsignedAttrs as [ReturnType<typeof archived>];
      return { signerInfos: [{ ...first, unsignedAttrs: [{ attrType, attrValues: [...attrValues, ...attrValues] }] }] };
    }),
  'a nested message': () =>
    altered((_, first) => ({
      ...withPkiData({
        controlSequence: [],
        reqSequence: [],
        cmsSequence: [{ bodyPartID: 7, contentInfo: request }],
        otherMsgSequence: [],
      }),
      signerInfos: [{ ...first, unsignedAttrs: undefined }],
    })),
};

for (const [where, message] of Object.entries(MISPLACED)) {
  test(`an archived key in ${where} is refused`, () => {
    assert.throws(
      () => decodeFullRequest(message()),
      (error) => isHresult(error, 'CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL'),
    );
  });
}

test('a request nested in the message of an enrollment agent is found', () => {
  const inner = withoutArchivedKey(request);
  const bytes = altered((_, first) => ({
    ...withPkiData({
      controlSequence: [
        control(
          8,
          szOID_CMC_ADD_ATTRIBUTES,
          encodeAddAttributes({
            pkiDataReference: 7,
            certReferences: [1],
            attributes: [attributeOf('1.2.3.4', octetString(Uint8Array.of(1)))],
          }),
        ),
      ],
      reqSequence: [],
      cmsSequence: [{ bodyPartID: 7, contentInfo: inner }],
      otherMsgSequence: [],
    }),
    signerInfos: [{ ...first, unsignedAttrs: undefined }],
  }));
  const full = decodeFullRequest(bytes);
  assert.equal(full.nested.length, 1);
  assert.deepEqual(
    full.addedAttributes.map(({ attrType }) => attrType),
    ['1.2.3.4', '1.3.6.1.4.1.311.21.21'],
  );
  assert.equal(
    formatName(full.certificationRequest.certificationRequestInfo.subject),
    formatName(decodeFullRequest(request).certificationRequest.certificationRequestInfo.subject),
  );
});

test('a message nested too deep is refused', () => {
  let bytes = withoutArchivedKey(request);
  for (let depth = 0; depth < 5; depth++) {
    const inner = bytes;
    bytes = altered((_, first) => ({
      ...withPkiData({
        controlSequence: [],
        reqSequence: [],
        cmsSequence: [{ bodyPartID: 7, contentInfo: inner }],
        otherMsgSequence: [],
      }),
      signerInfos: [{ ...first, unsignedAttrs: undefined }],
    }));
  }
  assert.throws(
    () => decodeFullRequest(bytes),
    (error) => isHresult(error, 'ERROR_INVALID_DATA'),
  );
});

const REFUSED: Record<string, readonly [symbol: Parameters<typeof isHresult>[1], message: () => Uint8Array]> = {
  'no signer': ['CRYPT_E_NO_SIGNER', () => altered(() => ({ signerInfos: [] }))],
  'plain data': [
    'CRYPT_E_INVALID_MSG_TYPE',
    () => altered(() => ({ encapContentInfo: { eContentType: id_contentType, eContent: new Uint8Array(0) } })),
  ],
  'no content': [
    'ERROR_INVALID_DATA',
    () => altered(() => ({ encapContentInfo: { eContentType: id_cct_PKIData, eContent: undefined } })),
  ],
  'two requests': [
    'ERROR_INVALID_DATA',
    () => altered((_, __, data) => withPkiData({ ...data, reqSequence: [...data.reqSequence, ...data.reqSequence] })),
  ],
  'no request': ['ERROR_INVALID_DATA', () => altered((_, __, data) => withPkiData({ ...data, reqSequence: [] }))],
  'a control for another request': [
    'ERROR_INVALID_DATA',
    () =>
      altered((_, __, data) =>
        withPkiData({
          ...data,
          reqSequence: data.reqSequence.map((one) => (one.type === 'tcr' ? { ...one, bodyPartID: 5 } : one)),
        }),
      ),
  ],
};

for (const [what, [symbol, message]] of Object.entries(REFUSED)) {
  test(`a message with ${what} is refused as ${symbol}`, () => {
    assert.throws(
      () => decodeFullRequest(message()),
      (error) => isHresult(error, symbol),
    );
  });
}
