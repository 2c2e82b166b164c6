/** A certificate read three ways: as a tree of elements, field by field, and with the value of each extension. */
import { AsnConvert } from '@peculiar/asn1-schema';
import * as peculiar from '@peculiar/asn1-x509';
import { fromBER } from 'asn1js';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import { decodeTree } from '#pki/asn1/tree';
import { decodeCertificate } from '#pki/x509/certificate';
import { extensionRow } from '#pki/x509/extensions/extension-table';
import { forgeElements } from './forge-elements.ts';
import { each } from './measure.ts';
import { compare } from './report.ts';
import { sampleCertificate } from './sample-certificate.ts';

const { certificate: der } = await sampleCertificate();
// Each library gets its bytes in the form it takes without a conversion.
const arrayBuffer = der.slice().buffer;
const binary = forge.util.binary.raw.encode(der);
console.log(
  `a certificate of ${der.length} bytes with ${decodeCertificate(der).tbsCertificate.extensions.length} extensions`,
);

await compare('every element, as a tree', [
  { name: 'decodeTree (looks into octet strings too)', perform: each(() => decodeTree(der)) },
  { name: 'asn1js fromBER', perform: each(() => fromBER(arrayBuffer)) },
  { name: 'node-forge asn1.fromDer (into bit strings)', perform: each(() => forge.asn1.fromDer(binary)) },
]);

await compare('the same, no string looked into', [
  { name: 'decodeTree', perform: each(() => decodeTree(der, { encapsulated: false })) },
  { name: 'node-forge asn1.fromDer', perform: each(() => forgeElements(binary)) },
]);

await compare('every field, extension values left as bytes', [
  { name: 'decodeCertificate', perform: each(() => decodeCertificate(der)) },
  { name: '@peculiar/asn1-x509 Certificate', perform: each(() => AsnConvert.parse(arrayBuffer, peculiar.Certificate)) },
  { name: 'pkijs Certificate.fromBER', perform: each(() => pkijs.Certificate.fromBER(arrayBuffer)) },
]);

const PECULIAR_VALUES: Readonly<Record<string, new () => unknown>> = {
  '2.5.29.14': peculiar.SubjectKeyIdentifier,
  '2.5.29.15': peculiar.KeyUsage,
  '2.5.29.17': peculiar.SubjectAlternativeName,
  '2.5.29.31': peculiar.CRLDistributionPoints,
  '2.5.29.32': peculiar.CertificatePolicies,
  '2.5.29.35': peculiar.AuthorityKeyIdentifier,
  '2.5.29.37': peculiar.ExtendedKeyUsage,
  '1.3.6.1.5.5.7.1.1': peculiar.AuthorityInfoAccessSyntax,
};

await compare('every field and the value of every extension it knows', [
  {
    name: 'decodeCertificate, EXTENSIONS (10 of 11)',
    perform: each(() =>
      decodeCertificate(der).tbsCertificate.extensions.map(({ extnID, extnValue }) =>
        extensionRow(extnID)?.codec.decode(extnValue),
      ),
    ),
  },
  {
    name: '@peculiar/asn1-x509 (8 of 11)',
    perform: each(() =>
      AsnConvert.parse(arrayBuffer, peculiar.Certificate).tbsCertificate.extensions?.map(({ extnID, extnValue }) => {
        const type = PECULIAR_VALUES[extnID];
        return type && AsnConvert.parse(extnValue.buffer, type);
      }),
    ),
  },
  {
    name: 'pkijs parsedValue (9 of 11)',
    perform: each(() => pkijs.Certificate.fromBER(arrayBuffer).extensions?.map((extension) => extension.parsedValue)),
  },
  {
    name: 'node-forge certificateFromAsn1 (5 of 11)',
    perform: each(() => forge.pki.certificateFromAsn1(forge.asn1.fromDer(binary))),
  },
]);
