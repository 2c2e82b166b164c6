import { formatHex } from '#pki/asn1/bytes';
import { octetString } from '#pki/asn1/der-writer';
import { localKeyId, szOID_PKCS_12_EXTENDED_ATTRIBUTES } from '#pki/asn1/oid-table';
import { type Attribute, attributeOf } from '#pki/cms/attribute';
import { computePublicKey } from '#pki/keyblob/public-key-match';
import { windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxCertificate, PfxContents, PfxKey } from '#pki/pkcs12/pfx-contents';
import type { PfxToSeal } from '#pki/pkcs12/seal';
import { orUndefined } from '#pki/x509/readable-extension';

export interface MergeOptions {
  /** Keeps the certificates' extended properties of Windows. */
  readonly extendedProperties?: boolean;
}

interface MergedKey {
  readonly key: PfxKey;
  attributes: readonly Attribute[];
  readonly certificates: Set<string>;
}

/**
 * One file of several, in their order. A certificate that several have stands once, and so does a key: certificates that
 * renewed one another under one key all belong to it. What the first file says of them counts, what only a later one says is
 * added. Each file counted its localKeyIDs from 1, so they are given anew. The keys are those of `contents`, not copies.
 */
export function mergePfx(
  contents: readonly PfxContents[],
  options: MergeOptions = {},
): Required<Omit<PfxToSeal, 'sealedKeys'>> {
  const keys = new Map<string, MergedKey>();
  const certificates = new Map<string, PfxCertificate>();
  for (const file of contents) {
    for (const certificate of file.certificates) {
      const name = formatHex(certificate.certificate);
      const known = certificates.get(name);
      certificates.set(name, known ? joined(known, certificate) : certificate);
    }
    for (const { key, certificates: own } of pairKeys(file).pairs) {
      const publicKey = orUndefined(() => computePublicKey(key.pkcs8));
      // Keys of a kind that is not read stay apart.
      const name = publicKey ? formatHex(publicKey) : `unknown ${keys.size}`;
      const merged = keys.get(name) ?? { key, attributes: [], certificates: new Set() };
      merged.attributes = joinAttributes(merged.attributes, key.attributes);
      for (const { certificate } of own) merged.certificates.add(formatHex(certificate));
      keys.set(name, merged);
    }
  }
  addLateCertificates(keys, certificates);
  return {
    keys: [...keys.values()].map(({ key, attributes }, index) => ({
      pkcs8: key.pkcs8,
      attributes: withLocalKeyId(attributes, index),
    })),
    certificates: [...certificates].map(([name, { certificate, attributes }]) => ({
      certificate,
      attributes: withLocalKeyId(
        options.extendedProperties ? attributes : attributes.filter((attribute) => !isExtendedProperty(attribute)),
        [...keys.values()].findIndex((key) => key.certificates.has(name)),
      ),
    })),
    crls: [...new Map(contents.flatMap(({ crls }) => crls).map((crl) => [formatHex(crl), crl])).values()],
  };
}

/** The certificate of a key may have come in another file than the key. */
function addLateCertificates(keys: Map<string, MergedKey>, certificates: Map<string, PfxCertificate>): void {
  const { pairs } = pairKeys({
    // Without localKeyIDs the public key alone joins: those of different files say nothing of one another.
    keys: [...keys.values()].map(({ key }) => ({ ...key, localKeyId: undefined })),
    certificates: [...certificates.values()],
  });
  const merged = [...keys.values()];
  for (const [index, pair] of pairs.entries()) {
    for (const { certificate } of pair.certificates) merged[index]!.certificates.add(formatHex(certificate));
  }
}

function joined(first: PfxCertificate, later: PfxCertificate): PfxCertificate {
  return { ...first, attributes: joinAttributes(first.attributes, later.attributes) };
}

function joinAttributes(first: readonly Attribute[], later: readonly Attribute[]): readonly Attribute[] {
  return [...first, ...later.filter(({ attrType }) => !first.some((known) => known.attrType === attrType))];
}

function isExtendedProperty({ attrType }: Attribute): boolean {
  return attrType.startsWith(`${szOID_PKCS_12_EXTENDED_ATTRIBUTES}.`);
}

/** In its old place, or first; none for what belongs to no key. */
function withLocalKeyId(attributes: readonly Attribute[], index: number): readonly Attribute[] {
  const others = attributes.filter(({ attrType }) => attrType !== localKeyId);
  if (index < 0) return others;
  const own = attributeOf(localKeyId, octetString(windowsLocalKeyId(index + 1)));
  const place = attributes.findIndex(({ attrType }) => attrType === localKeyId);
  return place < 0 ? [own, ...others] : others.toSpliced(place, 0, own);
}
