import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { formatHex, parseHex } from '../asn1/bytes.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { encodeDer } from '../asn1/der-writer.ts';
import {
  directoryGuid,
  findUserPrincipalName,
  type GeneralName,
  generalName,
  readGeneralName,
  userPrincipalName,
} from './general-name.ts';
import { parseName } from './name-text.ts';

const FORMS: readonly (readonly [name: GeneralName, der: string])[] = [
  [{ type: 'rfc822Name', value: 'a@b' }, '8103614062'],
  [{ type: 'dNSName', value: 'h' }, '820168'],
  [{ type: 'uniformResourceIdentifier', value: 'u:' }, '8602753a'],
  [{ type: 'iPAddress', value: Uint8Array.of(127, 0, 0, 1) }, '87047f000001'],
  [{ type: 'registeredID', value: '1.2.3' }, '88022a03'],
  [{ type: 'directoryName', value: parseName('CN=a') }, 'a40e300c310a30080603550403130161'],
  [{ type: 'otherName', typeId: '1.2.3', value: parseHex('0c0161') }, 'a00906022a03a0030c0161'],
  [{ type: 'x400Address', value: parseHex('a3020500') }, 'a3020500'],
  [{ type: 'ediPartyName', value: parseHex('a5020500') }, 'a5020500'],
];

for (const [name, der] of FORMS) {
  test(`${name.type} is written and read`, () => {
    assert.equal(formatHex(encodeDer(generalName(name))), der);
    assert.deepEqual(decodeWhole(parseHex(der), readGeneralName), name);
  });
}

test('a user principal name is UTF8 in an otherName, a GUID an OCTET STRING', () => {
  const upn = userPrincipalName('jürgen@contoso.com');
  assert.equal(
    formatHex(encodeDer(generalName(upn))),
    'a02306' + '0a2b060104018237140203' + 'a015' + '0c13' + '6ac3bc7267656e40636f6e746f736f2e636f6d',
  );
  assert.equal(findUserPrincipalName([{ type: 'dNSName', value: 'x' }, upn]), 'jürgen@contoso.com');
  assert.equal(findUserPrincipalName([{ type: 'dNSName', value: 'x' }]), undefined);
  const guid = generalName(directoryGuid(new Uint8Array(16)));
  assert.equal(formatHex(encodeDer(guid)), `a01f06092b0601040182371901a0120410${'00'.repeat(16)}`);
});

test('bytes outside ASCII are refused both ways', () => {
  assert.throws(() => decodeWhole(parseHex('8201e4'), readGeneralName), HresultError);
  assert.throws(() => generalName({ type: 'dNSName', value: 'ä' }), HresultError);
});

test('an unknown choice is refused', () => {
  assert.throws(() => decodeWhole(parseHex('890161'), readGeneralName), HresultError);
  assert.throws(() => decodeWhole(new Uint8Array(), readGeneralName), HresultError);
});
