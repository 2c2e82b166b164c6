import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { isSameBytes } from '#pki/asn1/bytes';
import { decodeFullRequest } from '#pki/cmc/full-request';
import { buildFullResponse, decodeFullResponse } from '#pki/cmc/full-response';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { decodeCertsOnly, encodeCertsOnly } from '#pki/cms/certs-only';
import { signData } from '#pki/cms/sign';
import { decodeSignedData } from '#pki/cms/signed-data';
import { signerCertificate, verifySignerInfo } from '#pki/cms/verify';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { EC, Folder, type Party, RSA_2048 } from './cms-parties.ts';

const folder = new Folder();
const content = new TextEncoder().encode('what GnuTLS reads');
let parties: Party[];

before(async () => {
  parties = [
    await folder.party('rsa', RSA_2048),
    await folder.party('p256', EC('P-256')),
    await folder.party('p384', EC('P-384')),
  ];
  folder.write('content', content);
});

after(() => folder.remove());

test('certtool verifies what is signed here', async () => {
  for (const { certificate, certificateFile, key } of parties) {
    const signers = [{ signer: key, sid: issuerAndSerialNumberOf(certificate), scheme: defaultScheme(key.publicKey) }];
    const eContentType = '1.2.840.113549.1.7.1';
    const certificates = [certificate.raw];
    folder.write('signed.der', await signData({ eContentType, eContent: content, signers, certificates, engine }));
    const info = folder.run('certtool --p7-info --inder --infile signed.der');
    assert.match(info, /Number of certificates: 1/);
    assert.match(info, /messageDigest: /);
    const verdict = folder.run(
      `certtool --p7-verify --inder --infile signed.der --load-ca-certificate ${certificateFile}`,
    );
    assert.match(verdict, /Signature status: ok/);
  }
});

test('certtool reads a CMC full response: its content type, its signer, its certificates', async () => {
  const vector = (name: string) =>
    new Uint8Array(readFileSync(new URL(`../vectors/whitepaper/${name}`, import.meta.url)));
  const [{ certificate, key, certificateFile }] = parties as [Party];
  const issued = decodeFullResponse(vector('response.der')).certificates[1]!.raw;
  const encryptedKeyHash = decodeFullRequest(vector('request.der')).encryptedKeyHash;
  folder.write(
    'response.der',
    await buildFullResponse({
      outcome: { status: 'issued', certificate: issued, encryptedKeyHash },
      statusString: 'Issued',
      chain: [certificate.raw],
      signer: { signer: key, sid: issuerAndSerialNumberOf(certificate), scheme: defaultScheme(key.publicKey) },
      engine,
    }),
  );
  const info = folder.run('certtool --p7-info --inder --infile response.der');
  assert.match(info, /eContent Type: 1\.3\.6\.1\.5\.5\.7\.12\.3/);
  assert.match(info, /Number of certificates: 2/);
  const verdict = folder.run(
    `certtool --p7-verify --inder --infile response.der --load-ca-certificate ${certificateFile}`,
  );
  assert.match(verdict, /Signature status: ok/);
});

test('what certtool signs verifies', async () => {
  for (const { certificate, certificateFile, keyFile, key } of parties) {
    for (const time of ['', ' --p7-time']) {
      folder.run(
        `certtool --p7-sign${time} --outder --infile content --outfile signed.der --load-privkey ${keyFile} --load-certificate ${certificateFile}`,
      );
      const signedData = decodeSignedData(folder.read('signed.der'));
      const [signerInfo] = signedData.signerInfos;
      assert.deepEqual(signedData.encapContentInfo.eContent, content);
      assert.deepEqual(signerCertificate(signedData, signerInfo!)?.raw, certificate.raw);
      await verifySignerInfo(signedData, signerInfo!, key.publicKey, engine);
    }
  }
});

test('certificates go both ways in certs-only messages', () => {
  const certificates = parties.map(({ certificate }) => certificate.raw);
  folder.write('chain.p7b', encodeCertsOnly(certificates));
  assert.match(folder.run('certtool --p7-info --inder --infile chain.p7b'), /Number of certificates: 3/);
  folder.write('all.pem', Buffer.concat(parties.map(({ certificateFile }) => folder.read(certificateFile))));
  folder.run('certtool --p7-generate --outder --load-certificate all.pem --outfile theirs.p7b');
  const read = decodeCertsOnly(folder.read('theirs.p7b')).certificates;
  assert.equal(read.length, 3);
  assert.ok(certificates.every((raw) => read.some((one) => isSameBytes(one.raw, raw))));
});
