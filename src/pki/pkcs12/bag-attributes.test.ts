import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHex } from '../asn1/bytes.ts';
import { encodeDer } from '../asn1/der-writer.ts';
import { attribute } from '../cms/attribute.ts';
import {
  certBagAttributes,
  keyBagAttributes,
  readCertBagAttributes,
  readKeyBagAttributes,
  windowsLocalKeyId,
} from './bag-attributes.ts';

test('the attributes of a key bag stand in the order of Windows, with its values', () => {
  const attributes = keyBagAttributes({
    cspName: 'KSP',
    friendlyName: 'te-1',
    localKeyId: windowsLocalKeyId(258),
    machineKeyset: true,
  });
  assert.deepEqual(
    attributes.map((one) => formatHex(encodeDer(attribute(one)))),
    [
      // 1.3.6.1.4.1.311.17.2 with an empty SET, localKeyID, friendlyName, 1.3.6.1.4.1.311.17.1.
      '300d06092b06010401823711023100',
      '301306092a864886f70d0109153106040402010000',
      '301706092a864886f70d010914310a1e0800740065002d0031',
      '301506092b060104018237110131081e06004b00530050',
    ],
  );
  assert.deepEqual(readKeyBagAttributes(attributes), {
    localKeyId: windowsLocalKeyId(258),
    friendlyName: 'te-1',
    cspName: 'KSP',
    machineKeyset: true,
  });
});

test('a user key that says nothing has no attributes', () => {
  assert.deepEqual(keyBagAttributes({ machineKeyset: false }), []);
  assert.deepEqual(readKeyBagAttributes([]), {
    localKeyId: undefined,
    friendlyName: undefined,
    cspName: undefined,
    machineKeyset: false,
  });
});

test('the extended properties of a certificate go by their numbers', () => {
  const properties = new Map([
    [20, Uint8Array.of(1, 2)],
    [92, Uint8Array.of(0, 8, 0, 0)],
  ]);
  const attributes = certBagAttributes({ localKeyId: windowsLocalKeyId(1), friendlyName: '', properties });
  assert.deepEqual(
    attributes.map(({ attrType }) => attrType),
    ['1.2.840.113549.1.9.21', '1.2.840.113549.1.9.20', '1.3.6.1.4.1.311.17.3.20', '1.3.6.1.4.1.311.17.3.92'],
  );
  assert.deepEqual(readCertBagAttributes(attributes), {
    localKeyId: windowsLocalKeyId(1),
    friendlyName: '',
    properties,
  });
});

test('a property that is no OCTET STRING is answered as it stands, one that is no number is none', () => {
  const attributes = [
    { attrType: '1.3.6.1.4.1.311.17.3.11', attrValues: [Uint8Array.of(5, 0)] },
    { attrType: '1.3.6.1.4.1.311.17.3.1.2', attrValues: [Uint8Array.of(5, 0)] },
    { attrType: '1.3.6.1.4.1.311.17.3.12', attrValues: [] },
  ];
  assert.deepEqual(readCertBagAttributes(attributes).properties, new Map([[11, Uint8Array.of(5, 0)]]));
});

test('the terminator that Windows writes is no part of a friendly name', () => {
  assert.equal(readCertBagAttributes(certBagAttributes({ friendlyName: 'alice\0' })).friendlyName, 'alice');
});
