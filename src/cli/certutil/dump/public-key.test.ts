import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHex } from '#pki/asn1/bytes';
import { decodeSubjectPublicKeyInfo } from '#pki/crypto/public-key';
import { linesOf } from './page.suite.ts';
import { printKeyIdHashes } from './public-key.ts';

/** The key of a certificate whose dump by certutil is published (EventStoreDB documentation, "User Certificates"). */
const KEY = `
30820122300d06092a864886f70d01010105000382010f00
3082010a02820101009d7bf225720cb6 6501021637 60b92214 04bffc54b2e96f
c7bc438dc0ca3d5586b43e2488fc707e f6f438d3522d57a0488e917bf4108bfd
956b4199d79be4d942c8c5475ed10c4c 3a5affa3dbea0d11890c3d7ffb9ce56c
4a04e7f748ff0f2f63fabebff5f376a1 ea02274cca27826440b5eff66ffef202
8b16ea4554fdba802c7202d01441d5cd dbae6e4d9b676063ae92ab2df48b7070
d04fb19766719bc92a5e7ae3d0f50beb 9e37810975fa81d63c9f6ae6568b1f73
d0614cf5511644dadd3bb12bb9f24494 53a2085a8d4a4ecbd7cbf70cca7a1afb
21db003e7585c6d395bd3961d1ff89e7 88abb058ffcee8d719a97562dc98a88f
5831a77c1d88ba515d0203010001`;

test('the names of a key are those that certutil prints for it', async () => {
  const spki = decodeSubjectPublicKeyInfo(parseHex(KEY));
  assert.deepEqual(await linesOf((page) => printKeyIdHashes(page, spki, { all: true })), [
    'Key Id Hash(rfc-sha1): 8a3c17e6662711175142740cfeb0f52d2bdd3596',
    'Key Id Hash(sha1): 87a30feaaeabd616f4dad92a9f1b44a43e2d0b52',
    'Key Id Hash(bcrypt-sha1): b808b4e710e4f6f158a837155838a295cfbb17bf',
    'Key Id Hash(bcrypt-sha256): eaf799bb5f3d57dbb3afc0f5357a8723574c8c254bf159fce1c95d76f6085ae5',
    'Key Id Hash(md5): fbb024d546e2039af7f3e01c71278313',
    'Key Id Hash(sha256): ca10f7cb5af9bf9dff8f2ad43c3cbdb0647da1173631018cb8551812c425d575',
    'Key Id Hash(pin-sha256): MZu7Waanp4kbJ/Hx3/tpgMb6L3GnXB3PrMY+9MDBmSg=',
    'Key Id Hash(pin-sha256-hex): 319bbb59a6a7a7891b27f1f1dffb6980c6fa2f71a75c1dcfacc63ef4c0c19928',
  ]);
});

test('a key of a kind that is not read has only the hashes of its bytes', async () => {
  // Ed25519, RFC 8410 §10.1.
  const spki = decodeSubjectPublicKeyInfo(
    parseHex('302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1'),
  );
  const lines = await linesOf((page) => printKeyIdHashes(page, spki));
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(':'))),
    ['Key Id Hash(rfc-sha1)', 'Key Id Hash(sha1)'],
  );
});
