/**
 * The use of a key as Windows keeps it: a KeyUsage attribute (2.5.29.15) inside PrivateKeyInfo. PKCS#8 knows no such
 * attribute; X.509's bits are meant (RFC 5280 §4.2.1.3).
 */
import { readAll } from '../asn1/decode-whole.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { encodeDer } from '../asn1/der-writer.ts';
import { id_ce_keyUsage } from '../asn1/oid-table.ts';
import { contextConstructed } from '../asn1/tag.ts';
import { attributeOf, implicitAttributes, readAttribute } from '../cms/attribute.ts';
import type { KeySpec } from '../crypto/key-provider.ts';
import { decodePrivateKeyInfo, encodePrivateKeyInfo, type PrivateKeyInfo } from '../crypto/private-key-info.ts';
import { decodeKeyUsage, encodeKeyUsage, KEY_USAGE, type KeyUsage } from '../x509/extensions/key-usage.ts';

const FOR_EXCHANGE = KEY_USAGE.keyEncipherment | KEY_USAGE.dataEncipherment | KEY_USAGE.keyAgreement;
const FOR_SIGNATURE = KEY_USAGE.digitalSignature | KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign;

/** KEY_USAGE bits; undefined where the key does not carry the attribute. Throws Asn1Error. */
export function keyUsageOfPrivateKey(pkcs8: PrivateKeyInfo | Uint8Array): KeyUsage | undefined {
  const { attributes } = pkcs8 instanceof Uint8Array ? decodePrivateKeyInfo(pkcs8) : pkcs8;
  const value = readKeyAttributes(attributes).find(({ attrType }) => attrType === id_ce_keyUsage)?.attrValues[0];
  return value && decodeKeyUsage(value);
}

/** The same PrivateKeyInfo with this use in place of its own; other attributes stay. The caller wipes what is answered. */
export function withKeyUsage(pkcs8: Uint8Array, usage: KeyUsage): Uint8Array {
  const info = decodePrivateKeyInfo(pkcs8);
  const others = readKeyAttributes(info.attributes).filter(({ attrType }) => attrType !== id_ce_keyUsage);
  const attributes = implicitAttributes(0, [...others, attributeOf(id_ce_keyUsage, encodeKeyUsage(usage))])!;
  return encodePrivateKeyInfo({ ...info, attributes: encodeDer(attributes) });
}

function readKeyAttributes(attributes: Uint8Array | undefined) {
  return attributes ? readAll(new DerReader(attributes).constructed(contextConstructed(0)), readAttribute) : [];
}

/**
 * The KeySpec of the key that a file was made of: 0 of a CNG key, which signs and decrypts. Undefined where the bits say
 * nothing, and where there are none.
 */
export function keySpecInFile(usage: KeyUsage | undefined): KeySpec | undefined {
  const signsAndDecrypts = usage !== undefined && (usage & FOR_EXCHANGE) !== 0 && (usage & FOR_SIGNATURE) !== 0;
  return signsAndDecrypts ? 0 : keySpecOfUsage(usage);
}

/**
 * The KeySpec PFXImportCertStore gives a CAPI key of this use: a bit of encryption counts before one of signing.
 * Undefined where the bits say nothing, and where there are none.
 */
export function keySpecOfUsage(usage: KeyUsage | undefined): Exclude<KeySpec, 0> | undefined {
  if (usage === undefined) return undefined;
  if (usage & FOR_EXCHANGE) return 1;
  return usage & FOR_SIGNATURE ? 2 : undefined;
}
