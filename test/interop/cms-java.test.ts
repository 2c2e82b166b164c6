import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { signData } from '#pki/cms/sign';
import { decodeSignedData } from '#pki/cms/signed-data';
import { verifySignerInfo } from '#pki/cms/verify';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { EC, Folder, type Party, RSA_2048 } from './cms-parties.ts';

/** For each file: how many signers verify over the content inside, and how many certificates there are. */
const VERIFY_JAVA = `
import java.nio.file.*;
import sun.security.pkcs.*;

public class Verify {
  public static void main(String[] files) throws Exception {
    for (String file : files) {
      PKCS7 message = new PKCS7(Files.readAllBytes(Path.of(file)));
      SignerInfo[] verified = message.verify();
      System.out.println(file + " " + (verified == null ? 0 : verified.length) + " " + message.getCertificates().length);
    }
  }
}
`;

const folder = new Folder();
const content = new TextEncoder().encode('what Java reads');
let parties: Party[];

before(async () => {
  parties = [await folder.party('rsa', RSA_2048), await folder.party('p256', EC('P-256'))];
  folder.write('Verify.java', VERIFY_JAVA);
});

after(() => folder.remove());

test('Java verifies what is signed here, and not what was changed', async () => {
  const eContentType = '1.2.840.113549.1.7.1';
  for (const { certificate, certificateFile, key } of parties) {
    const signers = [{ signer: key, sid: issuerAndSerialNumberOf(certificate), scheme: defaultScheme(key.publicKey) }];
    const certificates = [certificate.raw];
    const bytes = await signData({ eContentType, eContent: content, signers, certificates, engine });
    folder.write(`${certificateFile}.good`, bytes);
    const changed = bytes.slice();
    changed[changed.length - 1]! ^= 1;
    folder.write(`${certificateFile}.bad`, changed);
  }
  const printed = folder.run(
    'java --add-exports java.base/sun.security.pkcs=ALL-UNNAMED Verify.java rsa.pem.good rsa.pem.bad p256.pem.good',
  );
  assert.match(printed, /rsa\.pem\.good 1 1\nrsa\.pem\.bad 0 1\np256\.pem\.good 1 1\n/);
});

test('keytool prints the certificates of a certs-only message', () => {
  folder.write('chain.p7b', encodeCertsOnly(parties.map(({ certificate }) => certificate.raw)));
  const printed = folder.run('keytool -printcert -file chain.p7b');
  assert.match(printed, /CN=rsa[\s\S]*CN=p256/);
});

test('what jarsigner signs verifies', async () => {
  folder.write('empty.txt', 'x');
  for (const [name, { key }] of [
    ['rsa', parties[0]!],
    ['p256', parties[1]!],
  ] as const) {
    folder.run(
      `openssl pkcs12 -export -inkey ${name}.key -in ${name}.pem -name ${name} -passout pass:changeit -out ${name}.p12`,
    );
    folder.run('jar cf signed.jar empty.txt');
    folder.run(
      `jarsigner -keystore ${name}.p12 -storetype PKCS12 -storepass changeit -sigfile OURS signed.jar ${name}`,
    );
    folder.run('jar xf signed.jar META-INF');
    const block = `META-INF/OURS.${name === 'rsa' ? 'RSA' : 'EC'}`;
    const signedData = decodeSignedData(folder.read(block));
    const signatureFile = folder.read('META-INF/OURS.SF');
    await verifySignerInfo(signedData, signedData.signerInfos[0]!, key.publicKey, engine, signatureFile);
  }
});
