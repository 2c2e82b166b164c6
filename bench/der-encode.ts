/** A certificate written: from its elements, and from the texts and numbers it is about. */
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { fromBER } from 'asn1js';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import { type Der, encodeDer } from '#pki/asn1/der-writer';
import { CONSTRUCTED } from '#pki/asn1/tag';
import { type Asn1Node, decodeTree } from '#pki/asn1/tree';
import { assembleCertificate, buildTbsCertificate, decodeCertificate } from '#pki/x509/certificate';
import { each } from './measure.ts';
import { compare } from './report.ts';
import { SCHEME, sampleCertificate, samplePlan } from './sample-certificate.ts';

const { certificate: der, key, identifier } = await sampleCertificate();
const arrayBuffer = der.slice().buffer;
const binary = forge.util.binary.raw.encode(der);
const { signatureValue } = decodeCertificate(der);
console.log(`a certificate of ${der.length} bytes`);

const tree = elements(decodeTree(der));
const asn1jsTree = fromBER(arrayBuffer).result;
const forgeTree = forge.asn1.fromDer(binary);
const peculiarCertificate = AsnConvert.parse(arrayBuffer, Certificate);
const pkijsCertificate = pkijs.Certificate.fromBER(arrayBuffer);
const forgeCertificate = forge.pki.certificateFromAsn1(forgeTree);

/** What the writer takes: constructed elements with their children, all others with their bytes. */
function elements({ tag, content, children }: Asn1Node): Der {
  if (!(tag & CONSTRUCTED) || !children) return { tag, length: content.length, content };
  return { tag, length: content.length, content: children.map(elements) };
}

await compare('a tree of elements to DER', [
  { name: 'encodeDer', perform: each(() => encodeDer(tree)) },
  { name: 'asn1js toBER', perform: each(() => asn1jsTree.toBER()) },
  { name: 'node-forge asn1.toDer', perform: each(() => forge.asn1.toDer(forgeTree).getBytes()) },
]);

const plan = samplePlan(key.publicKey, identifier);
await compare('the certificate from its fields, extension values as bytes', [
  {
    name: 'buildTbsCertificate, assembleCertificate',
    perform: each(() => assembleCertificate(buildTbsCertificate(plan), SCHEME, signatureValue)),
  },
  { name: '@peculiar/asn1-x509 Certificate', perform: each(() => AsnConvert.serialize(peculiarCertificate)) },
  { name: 'pkijs toSchema(true)', perform: each(() => pkijsCertificate.toSchema(true).toBER()) },
  { name: 'node-forge certificateToAsn1', perform: each(forgeCertificateToDer) },
]);

await compare('our own again, names out of texts and extension values out of numbers each time', [
  {
    name: 'everything anew',
    perform: each(() =>
      assembleCertificate(buildTbsCertificate(samplePlan(key.publicKey, identifier)), SCHEME, signatureValue),
    ),
  },
  {
    name: 'from its fields',
    perform: each(() => assembleCertificate(buildTbsCertificate(plan), SCHEME, signatureValue)),
  },
]);

function forgeCertificateToDer(): string {
  // The elements that node-forge kept from decoding would only be copied.
  (forgeCertificate as { tbsCertificate: unknown }).tbsCertificate = null;
  return forge.asn1.toDer(forge.pki.certificateToAsn1(forgeCertificate)).getBytes();
}
