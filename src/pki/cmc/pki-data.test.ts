import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { constructed, encodeDer, integer, octetString, oid, sequence } from '../asn1/der-writer.ts';
import {
  control,
  controlValues,
  decodeAddExtensions,
  decodeOctetStringControl,
  decodeTransactionId,
  encodeAddExtensions,
  encodeOctetStringControl,
  encodeTransactionId,
  singleControlValue,
} from './controls.ts';
import { decodeCspProvider, encodeCspProvider } from './enrollment-csp-provider.ts';
import { decodeNameValuePair, encodeNameValuePair } from './enrollment-name-value-pair.ts';
import { encodeOsVersion } from './os-version.ts';
import { decodePkiData, encodePkiData, type PKIData } from './pki-data.ts';
import { decodeRenewalCertificate } from './renewal-certificate.ts';
import { clientIdName } from './request-client-info.ts';
import { type CMCStatusInfo, decodeStatusInfo, encodeStatusInfo } from './status-info.ts';

// Decoders answer plain objects; deepEqual tells a null prototype from them.
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });

const bodyPartID = fc.integer({ min: 0, max: 4294967295 });
const attrType = fc.constantFrom('1.2.3', '1.3.6.1.5.5.7.7.6', '2.999.1');
const der = fc.uint8Array({ maxLength: 20 }).map((bytes) => encodeDer(octetString(bytes)));
const attrValues = fc.array(der, { maxLength: 3 });

const anyPkiData: fc.Arbitrary<PKIData> = record({
  controlSequence: fc.array(record({ bodyPartID, attrType, attrValues }), { maxLength: 4 }),
  reqSequence: fc.array(
    fc.oneof(
      record({ type: fc.constant('tcr' as const), bodyPartID, certificationRequest: der }),
      record({ type: fc.constant('crm' as const), raw: fc.constant(encodeDer(constructed(0xa1, [integer(1)]))) }),
      record({ type: fc.constant('orm' as const), raw: fc.constant(encodeDer(constructed(0xa2, [oid('1.2')]))) }),
    ),
    { maxLength: 3 },
  ),
  cmsSequence: fc.array(record({ bodyPartID, contentInfo: der }), { maxLength: 2 }),
  otherMsgSequence: fc.array(record({ bodyPartID, otherMsgType: attrType, otherMsgValue: der }), { maxLength: 2 }),
});

test('any PKIData comes back', () => {
  fc.assert(
    fc.property(anyPkiData, (value) => assert.deepEqual(decodePkiData(encodePkiData(value)), value)),
    { seed: 5272, numRuns: 200 },
  );
});

test('a bodyPartID outside its range is refused', () => {
  for (const id of [-1, 4294967296]) {
    const bytes = encodePkiData({
      controlSequence: [{ bodyPartID: id, attrType: '1.2.3', attrValues: [] }],
      reqSequence: [],
      cmsSequence: [],
      otherMsgSequence: [],
    });
    assert.throws(
      () => decodePkiData(bytes),
      (error) => isHresult(error, 'CRYPT_E_ASN1_CONSTRAINT'),
    );
  }
});

test('controls are found by type', () => {
  const nonce = encodeOctetStringControl(Uint8Array.of(9));
  const controls = [control(1, '1.2.3', nonce), control(2, '1.2.4', nonce), control(3, '1.2.3', nonce)];
  assert.equal(controlValues(controls, '1.2.3').length, 2);
  assert.deepEqual(decodeOctetStringControl(singleControlValue(controls, '1.2.4')!), Uint8Array.of(9));
  assert.equal(singleControlValue(controls, '1.2.5'), undefined);
  assert.throws(
    () => singleControlValue(controls, '1.2.3'),
    (error) => isHresult(error, 'CRYPT_E_BAD_MSG'),
  );
  assert.deepEqual(decodeTransactionId(encodeTransactionId(Uint8Array.of(0, 200))), Uint8Array.of(0, 200));
});

test('added extensions come back', () => {
  const value = {
    pkiDataReference: 0,
    certReferences: [1, 2],
    extensions: [{ extnID: '2.5.29.15', critical: true, extnValue: Uint8Array.of(3, 2, 5, 0x20) }],
  };
  assert.deepEqual(decodeAddExtensions(encodeAddExtensions(value)), value);
});

test('every form of a status comes back', () => {
  const none = { statusString: undefined, failInfo: undefined, pendInfo: undefined };
  const pendInfo = { pendToken: Uint8Array.of(1), pendTime: new Date('2026-11-21T08:00:00Z') };
  const forms: CMCStatusInfo[] = [
    { ...none, cMCStatus: 0, bodyList: [1] },
    { ...none, cMCStatus: 2, bodyList: [1, 2], failInfo: 9 },
    { ...none, cMCStatus: 3, bodyList: [1], statusString: 'é', pendInfo },
  ];
  for (const form of forms) assert.deepEqual(decodeStatusInfo(encodeStatusInfo(form)), form);
});

test('the attributes of Microsoft come back', () => {
  assert.deepEqual(decodeNameValuePair(encodeNameValuePair(['Name', 'Wért'])), ['Name', 'Wért']);
  assert.deepEqual(decodeCspProvider(encodeCspProvider({ keySpec: 0, cspName: 'Software KSP' })), {
    keySpec: 0,
    cspName: 'Software KSP',
    signature: { bytes: new Uint8Array(0), unusedBits: 0 },
  });
  assert.deepEqual(encodeCspProvider({ keySpec: 0, cspName: '' }).slice(-3), Uint8Array.of(3, 1, 0));
  assert.equal(clientIdName(9), 'ClientIdCertReq');
  assert.equal(clientIdName(999), undefined);
  assert.throws(
    () => encodeOsVersion('5.2–'),
    (error) => isHresult(error, 'CRYPT_E_INVALID_IA5_STRING'),
  );
  assert.throws(
    () => decodeRenewalCertificate(encodeDer(sequence())),
    (error) => isHresult(error, 'CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE'),
  );
});
