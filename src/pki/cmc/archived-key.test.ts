import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DerReader } from '../asn1/der-reader.ts';
import { encodeDer } from '../asn1/der-writer.ts';
import { CONSTRUCTED } from '../asn1/tag.ts';
import { decodeSignedData, encodeSignedData } from '../cms/signed-data.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { archivedKeyAsReceived, archivedKeyAttribute, withoutArchivedKey } from './archived-key.ts';
import { isEncryptedKeyHashOf } from './encrypted-key-hash.ts';
import { decodeFullRequest } from './full-request.ts';

const request = new Uint8Array(readFileSync(new URL('../../../test/vectors/whitepaper/request.der', import.meta.url)));

/** The same values with every constructed length indefinite. */
function indefinite(der: Uint8Array): Uint8Array {
  const parts: number[] = [];
  for (const reader = new DerReader(der); !reader.atEnd; ) {
    const tag = reader.peek();
    const element = reader.element();
    if (!(tag & CONSTRUCTED)) {
      parts.push(...element);
      continue;
    }
    const { offset, end } = new DerReader(element).constructed(tag);
    parts.push(tag, 0x80, ...indefinite(element.subarray(offset, end)), 0, 0);
  }
  return Uint8Array.from(parts);
}

test('a request of indefinite lengths says the same, its signed content untouched', () => {
  const [ber, der] = [decodeFullRequest(indefinite(request)), decodeFullRequest(request)];
  assert.deepEqual(ber.signedData, der.signedData);
  assert.deepEqual(ber.pkiData, der.pkiData);
  assert.deepEqual(withoutArchivedKey(indefinite(request)), withoutArchivedKey(request));
});

test('the key hash of a client that sends BER is over the BER it sent', async () => {
  const sealed = decodeFullRequest(request).archivedKey!.contentInfo;
  const berSealed = indefinite(sealed);
  const hash = await nodeEngine.digest('sha1', berSealed);
  const signedData = decodeSignedData(request);
  const unsignedAttrs = [archivedKeyAttribute(berSealed)];
  const bytes = encodeSignedData({
    ...signedData,
    signerInfos: [{ ...signedData.signerInfos[0]!, unsignedAttrs }],
  });
  for (const message of [bytes, indefinite(request)]) {
    const { contentInfo } = decodeFullRequest(message).archivedKey!;
    assert.deepEqual(contentInfo, berSealed);
    assert.equal(await isEncryptedKeyHashOf(hash, contentInfo, nodeEngine), true);
  }
});

test('a DER request without the attribute has no archived key to find', () => {
  assert.equal(archivedKeyAsReceived(withoutArchivedKey(request)), undefined);
  assert.deepEqual(archivedKeyAsReceived(request), decodeFullRequest(request).archivedKey?.contentInfo);
  assert.ok(encodeDer(archivedKeyAsReceived(request)!).length === 909);
});
