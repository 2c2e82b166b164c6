/** Requests of src/enroll as OpenSSL reads them, and the archived key opened with the exchange key by OpenSSL alone. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InfFile } from '#enroll/inf/inf-file';
import { readRequestPolicy } from '#enroll/inf/request-policy';
import { newRequest } from '#enroll/new-request';
import type { EnrollmentPorts } from '#enroll/ports';
import { formatHex } from '#pki/asn1/bytes';
import { decodeFullRequest } from '#pki/cmc/full-request';
import { publicKeyKind } from '#pki/crypto/public-key';
import { decodeKeyBlob } from '#pki/keyblob/key-blob';
import { Enrollee } from '#test/support/enrollee';
import { FakeAuthority } from '#test/support/fake-authority';
import { Folder } from './cms-parties.ts';

describe('requests, read by OpenSSL', () => {
  let folder: Folder;
  let enrollee: Enrollee;
  let ca: FakeAuthority;
  let ports: EnrollmentPorts;

  before(async () => {
    folder = new Folder();
    enrollee = new Enrollee();
    ca = await FakeAuthority.create();
    ports = await enrollee.ports(await ca.retriever(), ca.root.certificate.raw);
    folder.write('xchg.cer', ca.exchange.certificate.raw);
    folder.write('xchg.p8', await ca.exchange.key.exportPkcs8());
    folder.run('openssl x509 -inform DER -in xchg.cer -out xchg.pem');
    folder.run('openssl pkey -inform DER -in xchg.p8 -out xchg.key');
  });
  after(() => {
    folder.remove();
    enrollee.remove();
  });

  async function make(text: string): Promise<Uint8Array> {
    const policy = readRequestPolicy(InfFile.parse(`[NewRequest]\n${text}`, 'r.inf'));
    return (await newRequest(policy, ports, { ca })).request;
  }

  const keys = [
    'KeyLength = 2048',
    'KeyAlgorithm = ECDSA_P256',
    'KeyLength = 1024\nAlternateSignatureAlgorithm = TRUE',
  ];
  for (const key of keys) {
    it(`verifies a PKCS #10 with ${JSON.stringify(key)}`, async () => {
      const request = await make(`Subject = "CN=www.contoso.com,O=""Contoso, Inc."""
${key}
KeyUsage = 0xa0
[EnhancedKeyUsageExtension]
OID = 1.3.6.1.5.5.7.3.1
[Extensions]
2.5.29.17 = "{text}dns=www.contoso.com&ipaddress=10.0.0.1&upn=a@contoso.com"
`);
      folder.write('request.der', request);
      const text = folder.run('openssl req -inform DER -in request.der -noout -verify -text -nameopt RFC2253');
      assert.match(text, /verify OK/);
      assert.match(text, /Subject: CN=www\.contoso\.com,O=Contoso\\, Inc\./);
      assert.match(text, /Digital Signature, Key Encipherment/);
      assert.match(text, /TLS Web Server Authentication/);
      assert.match(text, /DNS:www\.contoso\.com, IP Address:10\.0\.0\.1, othername: UPN::a@contoso\.com/);
    });
  }

  for (const cipher of [
    'EncryptionAlgorithm = aes',
    'EncryptionAlgorithm = aes\nEncryptionLength = 128',
    'EncryptionAlgorithm = 3des',
  ]) {
    it(`opens an archived key sealed with ${JSON.stringify(cipher)}`, async () => {
      const request = await make(`Subject = "CN=alice"\nKeyLength = 1024\nPrivateKeyArchive = TRUE\n${cipher}\n`);
      const full = decodeFullRequest(request);
      folder.write('key.cms', full.archivedKey!.contentInfo);
      folder.run('openssl cms -decrypt -binary -inform DER -in key.cms -recip xchg.pem -inkey xchg.key -out key.blob');
      const blob = folder.read('key.blob');
      assert.equal(blob.length, 596);
      const publicKey = full.certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
      const { pkcs8, format, usage } = decodeKeyBlob(blob, publicKey);
      assert.deepEqual([format, usage], ['capi', 'exchange']);
      folder.write('key.p8', pkcs8);
      const modulus = folder.run('openssl rsa -inform DER -in key.p8 -noout -modulus').trim();
      const kind = publicKeyKind(publicKey);
      assert.equal(modulus.toLowerCase(), `modulus=${kind.type === 'rsa' ? formatHex(kind.modulus) : ''}`);
    });
  }

  it('verifies the signature of the CMC message and of the PKCS #10 in it', async () => {
    const request = await make('Subject = "CN=alice"\nKeyLength = 1024\nPrivateKeyArchive = TRUE\n');
    const full = decodeFullRequest(request);
    folder.write('inner.der', full.certificationRequest.raw);
    assert.match(folder.run('openssl req -inform DER -in inner.der -noout -verify'), /verify OK/);
    // The signer is a bare key; a certificate for it, made here, lets OpenSSL find it by its identifier.
    const issued = await ca.submit({ request, attributes: '' });
    folder.write('alice.cer', issued.certificate!);
    folder.run('openssl x509 -inform DER -in alice.cer -out alice.pem');
    folder.write('full.der', request);
    folder.run('openssl cms -verify -binary -inform DER -in full.der -certfile alice.pem -noverify -out pkidata.der');
    assert.equal(formatHex(folder.read('pkidata.der')), formatHex(full.signedData.encapContentInfo.eContent!));
  });
});
