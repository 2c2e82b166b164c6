/**
 * The archival request of the white paper is the one its appendix A shows in parts: "Understanding the Signatures Structure",
 * "... Authenticated Attributes Structure" and "... Unauthenticated Attributes Structure" of document 004 are these lines.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dumped } from './page.suite.ts';

const vector = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../../test/vectors/whitepaper/${name}`, import.meta.url)));

const SIGNATURES = `Signer Count: 1
Signer Info[0]:
Signature matches request Public Key
CMSG_SIGNER_INFO_CMS_VERSION(3)
CERT_ID_KEY_IDENTIFIER(2)
    0000  81 92 56 3a c4 31 f8 82  0c 54 c9 d0 98 4f d8 c5
    0010  34 63 9e cc
Hash Algorithm:
    Algorithm ObjectId: 1.3.14.3.2.26 sha1
    Algorithm Parameters: NULL
Encrypted Hash Algorithm:
    Algorithm ObjectId: 1.2.840.113549.1.1.1 RSA
    Algorithm Parameters: NULL
Encrypted Hash:
    0000  c1 ae 90 a7 a3 0b 52 66  ea c4 d0 04 17 2e 94 95
    0010  14 20 06 ...`;

const AUTHENTICATED_ATTRIBUTES = `Authenticated Attributes[0]:
  3 attributes:
  Attribute[0]: 1.2.840.113549.1.9.3 (Content Type)
    Value[0][0]:
    Unknown Attribute type
    1.3.6.1.5.5.7.12.2 CMC Data
  Attribute[1]: 1.2.840.113549.1.9.4 (Message Digest)
    Value[1][0]:
    Unknown Attribute type
    Message Digest:
        5e 1f 0f f0 28 a4 fe 91 0d c2 2f 1a 18 78 7e 2e 10 7f 17 39
  Attribute[2]: 1.3.6.1.4.1.311.21.20 (Client Information)
    Value[2][0]:
    Unknown Attribute type
    Client Id: = 1
    XECI_XENROLL -- 1
    User: CONTOSO0\\avibm
    Machine: dcross-stress.contoso.com
    Process: certreq`;

const UNAUTHENTICATED_ATTRIBUTES = `Unauthenticated Attributes[0]:
  1 attributes:
  Attribute[0]: 1.3.6.1.4.1.311.21.13 (Encrypted Private Key)
    Value[0][0]:
    Unknown Attribute type
================ Begin Nesting Level 1 ================
PKCS7 Message:
  CMSG_ENVELOPED(3)
  CMSG_ENVELOPED_DATA_PKCS_1_5_VERSION(0)
  Content Type: 1.2.840.113549.1.7.1 PKCS 7 Data`;

// The document shows the tab behind an address as blanks and breaks these lines in two.
const CONTENT = `PKCS7 Message Content:
0000\td4 a6 31 b6 5a ee 62 90  cc 17 b1 7a 6a 0d 40 9a   ..1.Z.b....zj.@.
0010\t33 fd 11 14 0b ae 12 bd  3b 32 b8 73 af cc 1b 76   3.......;2.s...v`;

/** The place of these lines in the dump, one after the other; `...` at the end of one stands for what the document cut. */
function indexOfBlock(lines: readonly string[], block: string): number {
  const wanted = block.split('\n');
  const matches = (line: string | undefined, text: string) =>
    text.endsWith('...') ? line?.startsWith(text.slice(0, -4)) : line === text;
  return lines.findIndex((_, at) => wanted.every((text, i) => matches(lines[at + i], text)));
}

test('the signer, its attributes and the sealed key stand as in appendix A, in its order', async () => {
  const lines = (await dumped(vector('request.der'))).lines.filter((line) => line !== '');
  const places = [SIGNATURES, AUTHENTICATED_ATTRIBUTES, UNAUTHENTICATED_ATTRIBUTES, CONTENT].map((block) => {
    const at = indexOfBlock(lines, block);
    assert.ok(at >= 0, `missing:\n${block}`);
    return at;
  });
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test('a request whose content was changed is told so', async () => {
  const request = vector('request.der');
  const at = Buffer.from(request).indexOf('ArchiveTestBasicEFS', 0, 'latin1');
  assert.ok(at > 0);
  request[at] = 'a'.charCodeAt(0);
  const { lines, value } = await dumped(request);
  assert.ok(lines.includes('Signature does NOT match request Public Key'));
  assert.ok(!lines.includes('Signature matches request Public Key'));
  assert.match(JSON.stringify(value), /"signatureCheck":"does not match"/);
});

test('the response is signed by the CA whose certificate it brings', async () => {
  const { lines } = await dumped(vector('response.der'), { verbose: true });
  const signer = lines.indexOf('Signer Info[0]:');
  assert.equal(lines[signer + 1], 'Signature matches Public Key');
  assert.equal(lines.filter((line) => line === 'X509 Certificate:').length, 2);
  assert.ok(lines.includes('Cert Hash(sha1): de73d68a50323310a01eeddf66188213dc9cd490'));
});
