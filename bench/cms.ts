/** Messages: SignedData over 5 KB, EnvelopedData, and the CMC request with an archived key that the white paper prints. */
import { readFileSync } from 'node:fs';
import * as peculiar from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import { id_data } from '#pki/asn1/oid-table';
import { decodeTree } from '#pki/asn1/tree';
import { decodeFullRequest } from '#pki/cmc/full-request';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { decodeEnvelopedData, encodeEnvelopedData } from '#pki/cms/enveloped-data';
import { sealData } from '#pki/cms/seal';
import { signData } from '#pki/cms/sign';
import { decodeSignedData, encodeSignedData } from '#pki/cms/signed-data';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { forgeElements, forgeTree } from './forge-elements.ts';
import { each } from './measure.ts';
import { compare } from './report.ts';
import { SCHEME, sampleCertificate } from './sample-certificate.ts';

const CONTENT_LENGTH = 2600;

const { certificate: der, key } = await sampleCertificate();
const certificate = decodeCertificate(der);
const content = engine.random(CONTENT_LENGTH);

const signedMessage = await signData({
  eContentType: id_data,
  eContent: content,
  signers: [{ signer: key, sid: issuerAndSerialNumberOf(certificate), scheme: SCHEME }],
  certificates: [der],
  engine,
});
const envelopedMessage = await sealData({
  content,
  cipher: { name: 'aes-cbc', keyLength: 32 },
  recipients: [{ certificate }, { certificate }],
  engine,
});
const whitePaper = new Uint8Array(readFileSync(new URL('../test/vectors/whitepaper/request.der', import.meta.url)));

function pkijsContent(message: ArrayBuffer) {
  return pkijs.ContentInfo.fromBER(message).content;
}

function peculiarContent(message: ArrayBuffer): ArrayBuffer {
  return AsnConvert.parse(message, peculiar.ContentInfo).content;
}

{
  const buffer = signedMessage.slice().buffer;
  const binary = forge.util.binary.raw.encode(signedMessage);
  await compare(`SignedData of ${signedMessage.length} bytes, decoded; the certificate inside too`, [
    {
      name: 'decodeSignedData, decodeCertificate',
      perform: each(() => decodeSignedData(signedMessage).certificates?.map(decodeCertificate)),
    },
    {
      name: '@peculiar/asn1-cms',
      perform: each(() => AsnConvert.parse(peculiarContent(buffer), peculiar.SignedData)),
    },
    { name: 'pkijs', perform: each(() => new pkijs.SignedData({ schema: pkijsContent(buffer) })) },
    { name: 'node-forge', perform: each(() => forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(binary))) },
  ]);

  const ours = decodeSignedData(signedMessage);
  const theirs = AsnConvert.parse(peculiarContent(buffer), peculiar.SignedData);
  const pkijsSigned = new pkijs.SignedData({ schema: pkijsContent(buffer) });
  await compare('the same, encoded', [
    { name: 'encodeSignedData', perform: each(() => encodeSignedData(ours)) },
    {
      name: '@peculiar/asn1-cms',
      perform: each(() =>
        AsnConvert.serialize(
          new peculiar.ContentInfo({ contentType: peculiar.id_signedData, content: AsnConvert.serialize(theirs) }),
        ),
      ),
    },
    {
      name: 'pkijs',
      perform: each(() =>
        new pkijs.ContentInfo({ contentType: peculiar.id_signedData, content: pkijsSigned.toSchema(true) })
          .toSchema()
          .toBER(),
      ),
    },
  ]);
}

{
  const buffer = envelopedMessage.slice().buffer;
  const binary = forge.util.binary.raw.encode(envelopedMessage);
  await compare(`EnvelopedData of ${envelopedMessage.length} bytes to two recipients, decoded`, [
    { name: 'decodeEnvelopedData', perform: each(() => decodeEnvelopedData(envelopedMessage)) },
    {
      name: '@peculiar/asn1-cms',
      perform: each(() => AsnConvert.parse(peculiarContent(buffer), peculiar.EnvelopedData)),
    },
    { name: 'pkijs', perform: each(() => new pkijs.EnvelopedData({ schema: pkijsContent(buffer) })) },
    { name: 'node-forge', perform: each(() => forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(binary))) },
  ]);

  const ours = decodeEnvelopedData(envelopedMessage);
  const theirs = AsnConvert.parse(peculiarContent(buffer), peculiar.EnvelopedData);
  const forgeEnveloped = forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(binary));
  await compare('the same, encoded', [
    { name: 'encodeEnvelopedData', perform: each(() => encodeEnvelopedData(ours)) },
    {
      name: '@peculiar/asn1-cms',
      perform: each(() =>
        AsnConvert.serialize(
          new peculiar.ContentInfo({ contentType: peculiar.id_envelopedData, content: AsnConvert.serialize(theirs) }),
        ),
      ),
    },
    { name: 'node-forge', perform: each(() => forge.asn1.toDer(forgeEnveloped.toAsn1()).getBytes()) },
  ]);
}

{
  const buffer = whitePaper.slice().buffer;
  const binary = forge.util.binary.raw.encode(whitePaper);
  await compare(`the white paper's CMC request of ${whitePaper.length} bytes, decoded to the archived key`, [
    {
      name: 'decodeFullRequest: CMS, PKIData, PKCS #10, attributes',
      perform: each(() => decodeFullRequest(whitePaper)),
    },
    {
      name: '@peculiar/asn1-cms: CMS alone',
      perform: each(() => AsnConvert.parse(peculiarContent(buffer), peculiar.SignedData)),
    },
    { name: 'pkijs: CMS alone', perform: each(() => new pkijs.SignedData({ schema: pkijsContent(buffer) })) },
  ]);

  // The request stands in one OCTET STRING: who does not look into it reads a tenth of the elements.
  await compare('its elements alone, no string looked into', [
    { name: 'decodeTree', perform: each(() => decodeTree(whitePaper, { encapsulated: false })) },
    { name: 'node-forge', perform: each(() => forgeElements(binary)) },
  ]);
  await compare('its elements, and those inside strings', [
    { name: 'decodeTree', perform: each(() => decodeTree(whitePaper)) },
    { name: 'node-forge, each string tried', perform: each(() => forgeTree(binary)) },
  ]);
}
