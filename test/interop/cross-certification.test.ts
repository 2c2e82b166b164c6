/** certreq -policy between client and authority: a cross-certificate that binds another CA, and openssl following it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aiaContainer } from '#ca/template/templates-in-directory';
import { InfFile } from '#enroll/inf/inf-file';
import { readSubordinationPolicy } from '#enroll/inf/subordination-policy';
import { signatureBy } from '#enroll/signing-certificate';
import { buildSubordinationRequest } from '#enroll/subordination-request';
import { szOID_KP_QUALIFIED_SUBORDINATION } from '#pki/asn1/oid-table';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { parseName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { Folder } from './cms-parties.ts';

const POLICY = `[Version]
Signature = "$Windows NT$"
[RequestAttributes]
CertificateTemplate = CrossCA
[NameConstraintsExtension]
Include = Allowed
Exclude = Refused
Critical = TRUE
[Allowed]
DNS = partner.example
Email = partner.example
DirectoryName = "O=Partner"
IPAddress = 10.0.0.0, 255.0.0.0
[Refused]
DNS = secret.partner.example
[PolicyStatementExtension]
Policies = Low
[Low]
OID = 1.3.6.1.4.1.311.21.8.1.400
Notice = "Low assurance"
URL = http://pki.contoso.com/cps.txt
[PolicyMappingsExtension]
1.3.6.1.4.1.311.21.8.1.400 = 1.2.3.4
[PolicyConstraintsExtension]
RequireExplicitPolicy = 3
[ApplicationPolicyStatementExtension]
Policies = Server
[Server]
OID = 1.3.6.1.5.5.7.3.1
[ApplicationPolicyMappingsExtension]
1.3.6.1.5.5.7.3.1 = 1.2.3.5
[ApplicationPolicyConstraintsExtension]
InhibitPolicyMapping = 0
[BasicConstraintsExtension]
PathLength = 0
[CrossCertificateDistributionPointsExtension]
SyncDeltaTime = 24
URL = http://pki.contoso.com/cross.cer
`;

describe('cross-certification', () => {
  let world: AuthorityWorld;
  let partner: AuthorityWorld;
  let folder: Folder;
  let signer: { certificate: Uint8Array; key: RequesterKey };

  before(async () => {
    world = await AuthorityWorld.create();
    partner = await AuthorityWorld.create({ installation: { subject: parseName('CN=Partner CA,O=Partner') } });
    folder = new Folder();
    await world.addTemplate('User', 'Qualified', {
      extendedKeyUsage: [szOID_KP_QUALIFIED_SUBORDINATION],
      applicationPolicies: [szOID_KP_QUALIFIED_SUBORDINATION],
    });
    await world.publish('Qualified', 'CrossCA');
    const key = await newKey(engine);
    const { certificate } = await (await world.as('officer')).submit({
      request: await pkcs10(engine, key),
      attributes: 'CertificateTemplate:Qualified',
    });
    signer = { certificate: certificate!, key };
  });
  after(async () => {
    folder.remove();
    await world.close();
    await partner.close();
  });

  async function build(input: Uint8Array, text = POLICY) {
    const policy = readSubordinationPolicy(InfFile.parse(text, 'policy.inf'));
    const entry = { certificate: decodeCertificate(signer.certificate) };
    return buildSubordinationRequest({
      input,
      extensions: policy.extensions,
      pairs: policy.attributes,
      signature: signatureBy({ entry, key: signer.key.key }, 'sha256'),
      digest: 'sha256',
      engine,
    });
  }

  const submit = async (request: Uint8Array, attributes = '') =>
    (await world.as('Administrator')).submit({ request, attributes });

  it('binds the other CA as the policy says, and openssl follows it', async () => {
    const other = partner.authority.current.certificate;
    const { request, crossCertified } = await build(other.raw);
    assert.deepEqual(crossCertified?.raw, other.raw);
    const outcome = await submit(request);
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const { tbsCertificate } = decodeCertificate(outcome.certificate!);
    assert.deepEqual(tbsCertificate.subjectPublicKeyInfo.raw, other.tbsCertificate.subjectPublicKeyInfo.raw);
    assert.deepEqual(extensionValue(tbsCertificate.extensions, EXTENSIONS.basicConstraints), {
      cA: true,
      pathLenConstraint: 0,
    });
    folder.write('cross.cer', outcome.certificate!);
    const text = folder.run('openssl x509 -inform DER -in cross.cer -noout -text');
    assert.match(text, /Name Constraints: critical\s+Permitted:\s+DNS:partner\.example\s+email:partner\.example/);
    assert.match(text, /DirName:\s*O\s*=\s*Partner/);
    assert.match(text, /IP:10\.0\.0\.0\/255\.0\.0\.0/);
    assert.match(text, /Excluded:\s+DNS:secret\.partner\.example/);
    assert.match(text, /Policy: 1\.3\.6\.1\.4\.1\.311\.21\.8\.1\.400/);
    assert.match(text, /Low assurance/);
    assert.match(text, /1\.3\.6\.1\.4\.1\.311\.21\.8\.1\.400:1\.2\.3\.4/);
    assert.match(text, /Require Explicit Policy:3/);

    const entry = await world.directory.object(aiaContainer(world.directory, 'Partner CA'));
    const [pair, ...more] = entry!.attributes.get('crossCertificatePair')!;
    assert.equal(more.length, 0);
    folder.write('pair.der', pair as Uint8Array);
    const forward = /cons: cont \[ 0 \]/;
    assert.match(folder.run('openssl asn1parse -inform DER -in pair.der'), forward);
    folder.run('openssl asn1parse -inform DER -in pair.der -strparse 8 -noout -out forward.cer');
    assert.match(folder.run('openssl x509 -inform DER -in forward.cer -noout -subject'), /Partner CA/);

    folder.write('ca.pem', encodePem('CERTIFICATE', world.authority.current.certificate.raw));
    folder.write('cross.pem', encodePem('CERTIFICATE', outcome.certificate!));
    const time = Math.floor(world.now.getTime() / 1000);
    await partner.publish('WebServer');
    const leaf = async (host: string) => {
      const { certificate } = await (await partner.as('Administrator')).submit({
        request: await pkcs10(engine, await newKey(engine), {
          subject: 'O=Partner',
          extensions: [encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: host }])],
        }),
        attributes: 'CertificateTemplate:WebServer',
      });
      folder.write('leaf.pem', encodePem('CERTIFICATE', certificate!));
      return `openssl verify -attime ${time} -CAfile ca.pem -untrusted cross.pem leaf.pem`;
    };
    assert.match(folder.run(await leaf('www.partner.example')), /OK/);
    const excluded = await leaf('www.secret.partner.example');
    assert.throws(() => folder.run(excluded), /excluded subtree violation/);
    const elsewhere = await leaf('www.contoso.com');
    assert.throws(() => folder.run(elsewhere), /permitted subtree violation/);
  });

  it('a request of a CA to be is put under the same constraints', async () => {
    const key = await newKey(engine);
    const { request, crossCertified } = await build(await pkcs10(engine, key, { subject: 'CN=Below,O=Partner' }));
    assert.equal(crossCertified, undefined);
    const outcome = await submit(request);
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const { extensions, subjectPublicKeyInfo } = decodeCertificate(outcome.certificate!).tbsCertificate;
    assert.deepEqual(subjectPublicKeyInfo.raw, key.key.publicKey);
    assert.ok(extensionValue(extensions, EXTENSIONS.nameConstraints));
    assert.equal(extensionValue(extensions, EXTENSIONS.crossCertDistPoints)?.syncDeltaTime, 24);
  });

  it('by no other template: another key than the one that asks is not certified, and constraints do not decide', async () => {
    const { request } = await build(
      partner.authority.current.certificate.raw,
      POLICY.replace('CertificateTemplate = CrossCA', 'CertificateTemplate = SubCA'),
    );
    const outcome = await submit(request);
    assert.equal(outcome.disposition, 'denied');
    assert.equal(outcome.statusCode, 0x80090006);
    const own = await build(
      await pkcs10(engine, await newKey(engine)),
      POLICY.replace('CertificateTemplate = CrossCA', 'CertificateTemplate = SubCA'),
    );
    const { certificate } = await submit(own.request);
    const { extensions } = decodeCertificate(certificate!).tbsCertificate;
    assert.equal(extensionValue(extensions, EXTENSIONS.nameConstraints), undefined);
    assert.equal(extensionValue(extensions, EXTENSIONS.basicConstraints)?.pathLenConstraint, undefined);
  });
});
