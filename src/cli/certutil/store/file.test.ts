import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type OpensslCertificate, opensslCertificate, opensslCrl } from '#certstore/openssl.suite';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { encodePem } from '#pki/asn1/pem';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { readStoreFile } from './file.ts';

const text = (value: string) => new TextEncoder().encode(value);

let ca: OpensslCertificate;
let crl: Uint8Array;
before(() => {
  ca = opensslCertificate('/CN=CA', { extensions: 'basicConstraints = CA:true\nkeyUsage = keyCertSign,cRLSign' });
  crl = opensslCrl(ca);
});

describe('readStoreFile', () => {
  it('reads certificates and CRLs, DER and PEM', () => {
    assert.deepEqual(readStoreFile(ca.der), { certificates: [ca.der], crls: [], ctls: [] });
    assert.deepEqual(readStoreFile(crl), { certificates: [], crls: [crl], ctls: [] });
    const pem = text(encodePem('CERTIFICATE', ca.der) + encodePem('X509 CRL', crl));
    assert.deepEqual(readStoreFile(pem), { certificates: [ca.der], crls: [crl], ctls: [] });
  });

  it('reads all of a PKCS #7 message', () => {
    assert.deepEqual(readStoreFile(encodeCertsOnly([ca.der], [crl])), {
      certificates: [ca.der],
      crls: [crl],
      ctls: [],
    });
  });

  it('refuses what is neither', () => {
    assert.throws(
      () => readStoreFile(encodeCertsOnly([])),
      (error) => isHresult(error, 'CRYPT_E_NOT_FOUND'),
    );
    for (const bytes of [text(''), text('hello'), ca.pkcs8, ca.der.subarray(0, 100), Uint8Array.of(0x30, 0)]) {
      assert.throws(() => readStoreFile(bytes), HresultError);
    }
  });
});
