import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DerReader } from '#pki/asn1/der-reader';
import {
  bmpString,
  boolean,
  encodeDer,
  explicit,
  generalizedTime,
  integer,
  namedBits,
  nullValue,
  octetString,
  oid,
  sequence,
  sequenceOf,
  utcTime,
  utf8String,
} from '#pki/asn1/der-writer';
import { OIDS } from '#pki/asn1/oid-table';

function asn1parse(der: Uint8Array, ...args: string[]): string[] {
  const printed = execFileSync('openssl', ['asn1parse', '-inform', 'DER', ...args], { input: der }).toString();
  return printed.trimEnd().split('\n');
}

test('openssl reads each type that is written', () => {
  const date = new Date('2026-11-21T07:08:09Z');
  const der = encodeDer(
    sequence(
      integer(-129),
      integer(1n << 64n),
      boolean(true),
      nullValue(),
      octetString(Uint8Array.of(1, 2)),
      namedBits({ bytes: Uint8Array.of(0xa0), unusedBits: 0 }),
      utf8String('Zürich'),
      bmpString('AB'),
      utcTime(date),
      generalizedTime(date),
      explicit(40, integer(1)),
    ),
  );
  const values = asn1parse(der).map((line) =>
    line
      .replace(/^.*?(?:prim|cons): /, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  assert.deepEqual(values, [
    'SEQUENCE',
    'INTEGER :-81',
    'INTEGER :010000000000000000',
    'BOOLEAN :255',
    'NULL',
    'OCTET STRING [HEX DUMP]:0102',
    'BIT STRING',
    'UTF8STRING :Zürich',
    'BMPSTRING',
    'UTCTIME :261121070809Z',
    'GENERALIZEDTIME :20261121070809Z',
    'cont [ 40 ]',
    'INTEGER :01',
  ]);
});

test('what openssl writes is read', () => {
  const directory = mkdtempSync(join(tmpdir(), 'asn1-'));
  try {
    const config = join(directory, 'asn1.cnf');
    const out = join(directory, 'out.der');
    writeFileSync(
      config,
      `asn1 = SEQUENCE:all
[all]
a = INTEGER:-0x8000
b = BOOLEAN:false
c = OID:2.999.1234567890123
d = UTCTIME:491231235959Z
e = GENERALIZEDTIME:20500101000000Z
f = FORMAT:UTF8,UTF8String:Grüße
g = BMPSTRING:AB
h = FORMAT:BITLIST,BITSTRING:1,5
i = IMPLICIT:33,FORMAT:HEX,OCTETSTRING:cafe
j = EXPLICIT:2,NULL
k = SETWRAP,PRINTABLESTRING:x
`,
    );
    execFileSync('openssl', ['asn1parse', '-genconf', config, '-noout', '-out', out]);
    const reader = new DerReader(new Uint8Array(readFileSync(out))).sequence();
    assert.equal(reader.integer(), -0x8000n);
    assert.equal(reader.boolean(), false);
    assert.equal(reader.oid(), '2.999.1234567890123');
    assert.equal(reader.time().toISOString(), '2049-12-31T23:59:59.000Z');
    assert.equal(reader.time().toISOString(), '2050-01-01T00:00:00.000Z');
    assert.equal(reader.string(), 'Grüße');
    assert.equal(reader.string(), 'AB');
    assert.deepEqual(reader.bitString(), { bytes: Uint8Array.of(0x44), unusedBits: 2 });
    assert.deepEqual(reader.octetString(0x9f | (33 << 8)), Uint8Array.of(0xca, 0xfe));
    reader.explicit(2).null();
    assert.equal(reader.set().string(), 'x');
    reader.finish();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('openssl knows the identifiers of the table under the same names', () => {
  const der = encodeDer(sequenceOf(OIDS.map((row) => oid(row.oid))));
  const theirs = asn1parse(der).flatMap((line) => /OBJECT\s*:(.*)$/.exec(line)?.[1] ?? []);
  assert.equal(theirs.length, OIDS.length);
  const known: Readonly<Record<string, string>> = {
    rsaEncryption: 'rsaEncryption',
    sha256WithRSAEncryption: 'sha256WithRSAEncryption',
    id_RSASSA_PSS: 'rsassaPss',
    id_RSAES_OAEP: 'rsaesOaep',
    ecdsa_with_SHA384: 'ecdsa-with-SHA384',
    secp256r1: 'prime256v1',
    secp384r1: 'secp384r1',
    id_aes256_CBC: 'aes-256-cbc',
    des_EDE3_CBC: 'des-ede3-cbc',
    id_sha512: 'sha512',
    id_signedData: 'pkcs7-signedData',
    id_envelopedData: 'pkcs7-envelopedData',
    extensionRequest: 'Extension Request',
    sMIMECapabilities: 'S/MIME Capabilities',
    pkcs8ShroudedKeyBag: 'pkcs8ShroudedKeyBag',
    pbeWithSHAAnd3_KeyTripleDES_CBC: 'pbeWithSHA1And3-KeyTripleDES-CBC',
    id_PBES2: 'PBES2',
    id_hmacWithSHA256: 'hmacWithSHA256',
    domainComponent: 'domainComponent',
    id_ce_keyUsage: 'X509v3 Key Usage',
    id_ce_freshestCRL: 'X509v3 Freshest CRL',
    id_ce_inhibitAnyPolicy: 'X509v3 Inhibit Any Policy',
    id_pe_authorityInfoAccess: 'Authority Information Access',
    id_kp_OCSPSigning: 'OCSP Signing',
    id_pkix_ocsp_nocheck: 'OCSP No Check',
    id_cmc_addExtensions: 'id-cmc-addExtensions',
    id_cmc_regInfo: 'id-cmc-regInfo',
    id_cct_PKIData: 'id-cct-PKIData',
    id_cct_PKIResponse: 'id-cct-PKIResponse',
    dhSinglePass_stdDH_sha256kdf_scheme: 'dhSinglePass-stdDH-sha256kdf-scheme',
    szOID_EFS_CRYPTO: 'Microsoft Encrypted File System',
    szOID_KP_SMARTCARD_LOGON: 'Microsoft Smartcard Login',
    szOID_NT_PRINCIPAL_NAME: 'Microsoft User Principal Name',
    szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR: 'Microsoft CSP Name',
    szOID_LOCAL_MACHINE_KEYSET: 'Microsoft Local Key set',
  };
  for (const [name, theirName] of Object.entries(known)) {
    assert.equal(theirs[OIDS.findIndex((row) => row.name === name)], theirName, name);
  }
  // What openssl has no name for it prints in digits: they must be ours.
  for (const [i, text] of theirs.entries()) if (/^[\d.]+$/.test(text)) assert.equal(text, OIDS[i]!.oid);
});
