import forge from 'node-forge';

/** Its options are newer than its types. */
const fromDer = forge.asn1.fromDer as unknown as (
  der: string,
  options: { readonly decodeBitStrings: boolean },
) => forge.asn1.Asn1;

/** forge's reader with no string looked into. */
export function forgeElements(der: string): forge.asn1.Asn1 {
  return fromDer(der, { decodeBitStrings: false });
}

/** What `decodeTree` does, with forge's reader: the content of every OCTET STRING is tried as well. */
export function forgeTree(der: string): forge.asn1.Asn1 {
  const root = forge.asn1.fromDer(der);
  const left = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (Array.isArray(node.value)) left.push(...node.value);
    else if (node.type === forge.asn1.Type.OCTETSTRING && node.tagClass === forge.asn1.Class.UNIVERSAL) {
      try {
        left.push(forge.asn1.fromDer(node.value));
      } catch {
        // Octets, then.
      }
    }
  }
  return root;
}
