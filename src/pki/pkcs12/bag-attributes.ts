/** The attributes of key and certificate bags: PKCS #9's two (RFC 7292 §4.2) and Windows' own (wincrypt.h). */
import { decodeWhole } from '../asn1/decode-whole.ts';
import { bmpString, octetString } from '../asn1/der-writer.ts';
import {
  friendlyName,
  localKeyId,
  szOID_LOCAL_MACHINE_KEYSET,
  szOID_PKCS_12_EXTENDED_ATTRIBUTES,
  szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR,
} from '../asn1/oid-table.ts';
import { TAG } from '../asn1/tag.ts';
import { type Attribute, attributeOf } from '../cms/attribute.ts';

export interface KeyBagAttributes {
  /** Joins a key and its certificate. */
  readonly localKeyId?: Uint8Array | undefined;
  /** Under Windows the name of the key's container. */
  readonly friendlyName?: string | undefined;
  /** The CSP or KSP the key was in. */
  readonly cspName?: string | undefined;
  /** The key was the machine's and not a user's. */
  readonly machineKeyset?: boolean | undefined;
}

export interface CertBagAttributes {
  readonly localKeyId?: Uint8Array | undefined;
  readonly friendlyName?: string | undefined;
  /** Windows' extended properties by their CERT_*_PROP_ID. */
  readonly properties?: ReadonlyMap<number, Uint8Array> | undefined;
}

/** Windows counts the keys of a file from 1, in four octets, the lowest first. */
export function windowsLocalKeyId(count: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return bytes;
}

/** In the order Windows writes them. */
export function keyBagAttributes(values: KeyBagAttributes): Attribute[] {
  const attributes: Attribute[] = [];
  // The attribute says it all by being there: its SET is empty.
  if (values.machineKeyset) attributes.push({ attrType: szOID_LOCAL_MACHINE_KEYSET, attrValues: [] });
  attributes.push(...commonAttributes(values));
  if (values.cspName !== undefined) {
    attributes.push(attributeOf(szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR, bmpString(values.cspName)));
  }
  return attributes;
}

export function certBagAttributes(values: CertBagAttributes): Attribute[] {
  const properties = [...(values.properties ?? [])];
  return [
    ...commonAttributes(values),
    ...properties.map(([id, value]) => attributeOf(`${szOID_PKCS_12_EXTENDED_ATTRIBUTES}.${id}`, octetString(value))),
  ];
}

function commonAttributes(values: Pick<KeyBagAttributes, 'localKeyId' | 'friendlyName'>): Attribute[] {
  const attributes: Attribute[] = [];
  if (values.localKeyId) attributes.push(attributeOf(localKeyId, octetString(values.localKeyId)));
  if (values.friendlyName !== undefined) attributes.push(attributeOf(friendlyName, bmpString(values.friendlyName)));
  return attributes;
}

/** The first value of each attribute counts. Throws Asn1Error where it is of another type. */
export function readKeyBagAttributes(attributes: readonly Attribute[]) {
  return {
    ...readCommon(attributes),
    cspName: textOf(attributes, szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR),
    machineKeyset: attributes.some(({ attrType }) => attrType === szOID_LOCAL_MACHINE_KEYSET),
  };
}

/** The same for a certificate. A property that is no OCTET STRING is answered as its DER. */
export function readCertBagAttributes(attributes: readonly Attribute[]) {
  const properties = new Map<number, Uint8Array>();
  const prefix = `${szOID_PKCS_12_EXTENDED_ATTRIBUTES}.`;
  for (const { attrType, attrValues } of attributes) {
    const id = attrType.startsWith(prefix) ? attrType.slice(prefix.length) : '';
    const value = attrValues[0];
    // A property's number has 32 bits.
    if (!value || !/^\d{1,10}$/.test(id)) continue;
    properties.set(
      Number(id),
      value[0] === TAG.OCTET_STRING ? decodeWhole(value, (reader) => reader.octetString()) : value,
    );
  }
  return { ...readCommon(attributes), properties };
}

function readCommon(attributes: readonly Attribute[]) {
  const keyId = firstValue(attributes, localKeyId);
  return {
    localKeyId: keyId && decodeWhole(keyId, (reader) => reader.octetString()),
    friendlyName: textOf(attributes, friendlyName),
  };
}

/** Windows writes the terminator of a certificate's friendly name along. */
function textOf(attributes: readonly Attribute[], type: string): string | undefined {
  const value = firstValue(attributes, type);
  return value && decodeWhole(value, (reader) => reader.string()).replace(/\0+$/, '');
}

function firstValue(attributes: readonly Attribute[], type: string): Uint8Array | undefined {
  return attributes.find(({ attrType }) => attrType === type)?.attrValues[0];
}
