import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type OpensslCertificate, opensslCertificate, opensslCrl } from '#certstore/openssl.suite';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { encodePem } from '#pki/asn1/pem';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { encodeSerializedStore, type StoreElement } from '#pki/x509/serialized-store';
import { readStoreFile } from './file.ts';

const text = (value: string) => new TextEncoder().encode(value);

let ca: OpensslCertificate;
let crl: Uint8Array;
let certificate: StoreElement;
let crlElement: StoreElement;
before(() => {
  ca = opensslCertificate('/CN=CA', { extensions: 'basicConstraints = CA:true\nkeyUsage = keyCertSign,cRLSign' });
  crl = opensslCrl(ca);
  certificate = { kind: 'certificate', encoded: ca.der, properties: new Map() };
  crlElement = { kind: 'crl', encoded: crl, properties: new Map() };
});

describe('readStoreFile', () => {
  it('reads certificates and CRLs, DER and PEM', () => {
    assert.deepEqual(readStoreFile(ca.der), [certificate]);
    assert.deepEqual(readStoreFile(crl), [crlElement]);
    const pem = text(encodePem('CERTIFICATE', ca.der) + encodePem('X509 CRL', crl));
    assert.deepEqual(readStoreFile(pem), [certificate, crlElement]);
  });

  it('reads all of a PKCS #7 message', () => {
    assert.deepEqual(readStoreFile(encodeCertsOnly([ca.der], [crl])), [certificate, crlElement]);
  });

  it('reads a serialized store, without handles and hashes of another machine', () => {
    const friendlyName = Buffer.from('Web\0', 'utf16le');
    const properties = new Map([
      [3, new Uint8Array(20)],
      [5, Uint8Array.of(1, 2, 3, 4)],
      [11, new Uint8Array(friendlyName)],
    ]);
    const found = readStoreFile(encodeSerializedStore([{ ...certificate, properties }, crlElement]));
    assert.deepEqual(found, [
      { ...certificate, properties: new Map([[11, new Uint8Array(friendlyName)]]) },
      crlElement,
    ]);
    assert.throws(
      () => readStoreFile(encodeSerializedStore([])),
      (error) => isHresult(error, 'CRYPT_E_NOT_FOUND'),
    );
  });

  it('says what a key or a request is, and what to do with it', () => {
    const hint = (bytes: Uint8Array) => {
      try {
        readStoreFile(bytes);
      } catch (error) {
        return error instanceof HresultError ? error.hint : undefined;
      }
      return undefined;
    };
    assert.match(hint(ca.pkcs8)!, /private key.*-importPFX/);
    assert.match(hint(text(encodePem('PRIVATE KEY', ca.pkcs8)))!, /private key/);
    assert.equal(hint(ca.der.subarray(0, 100)), undefined);
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
