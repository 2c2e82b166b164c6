import { decodeEnrollment, encodeEnrollment } from './enrollment.ts';
import { decodeKeyProvInfo, encodeKeyProvInfo } from './key-prov-info.ts';
import type { CertificateProperties, PropertyName } from './ports/certificate-store.ts';
import { PROPERTIES } from './ports/property-ids.ts';
import { decodeText, encodeText } from './property-text.ts';

type Value<Name extends PropertyName> = NonNullable<CertificateProperties[Name]>;

interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

const text: Codec<string> = { encode: encodeText, decode: (bytes) => decodeText(bytes) };
const octets: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };

const CODECS: { readonly [Name in PropertyName]: Codec<Value<Name>> } = {
  keyProvInfo: { encode: encodeKeyProvInfo, decode: decodeKeyProvInfo },
  friendlyName: text,
  description: text,
  // That it is there says all; Windows sets an empty value.
  archived: { encode: () => new Uint8Array(0), decode: () => true },
  keyIdentifier: octets,
  enrollment: { encode: encodeEnrollment, decode: decodeEnrollment },
  renewal: octets,
  archivedKeyHash: octets,
  requestOriginator: text,
  renews: octets,
  onBehalfOf: text,
};

/** The number of a property, and the bytes Windows keeps for this value. */
export function encodeProperty<Name extends PropertyName>(name: Name, value: Value<Name>): [id: number, Uint8Array] {
  return [propertyId(name), CODECS[name].encode(value)];
}

export function propertyId(name: PropertyName): number {
  return PROPERTIES.find(({ field }) => field === name)!.id;
}

export function encodeProperties(properties: CertificateProperties): Map<number, Uint8Array> {
  const { others, ...named } = properties;
  const encoded = new Map(others);
  for (const name of Object.keys(named) as PropertyName[]) {
    const value = named[name];
    if (value !== undefined) encoded.set(...encodeProperty(name, value));
  }
  return encoded;
}

/** Throws ERROR_INVALID_DATA where a property that is understood here does not decode. */
export function decodeProperties(encoded: ReadonlyMap<number, Uint8Array>): CertificateProperties {
  const named: Record<string, unknown> = {};
  const others = new Map<number, Uint8Array>();
  for (const [id, bytes] of encoded) {
    const field = PROPERTIES.find((row) => row.id === id)?.field;
    if (field) named[field] = CODECS[field].decode(bytes);
    else others.set(id, bytes);
  }
  return others.size > 0 ? { ...named, others } : named;
}
