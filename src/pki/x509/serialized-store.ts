/**
 * A serialized certificate store, `.sst`: MS-OSHARED 2.3.9.1 DocSigSerializedCertStore. Behind version and file type come
 * entries, each of a number, the encoding type, a length and that many octets; numbers are little-endian words of 32 bits.
 * Entries of properties stand before the element they belong to (2.3.2.5.4), an entry of zeros ends the store (2.3.2.5.2).
 * MS-OSHARED speaks of certificates only; CRLs and CTLs have the element numbers of wincrypt.h.
 */
import { hresult } from '#hresult/hresult-error';

export interface StoreElement {
  readonly kind: keyof typeof ELEMENTS;
  /** DER. */
  readonly encoded: Uint8Array;
  /** By CERT_*_PROP_ID, with the bytes Windows keeps. */
  readonly properties: ReadonlyMap<number, Uint8Array>;
}

/** CERT_CERT_PROP_ID, CERT_CRL_PROP_ID, CERT_CTL_PROP_ID. */
const ELEMENTS = { certificate: 0x20, crl: 0x21, ctl: 0x22 } as const;

/** `CERT` after a version of 0. */
const HEADER = Uint8Array.of(0, 0, 0, 0, 0x43, 0x45, 0x52, 0x54);
const X509_ASN_ENCODING = 1;
const ENTRY_HEADER = 12;
const LAST_PROPERTY = 0xffff;

export function isSerializedStore(bytes: Uint8Array): boolean {
  return HEADER.every((octet, i) => bytes[i] === octet);
}

export function encodeSerializedStore(elements: readonly StoreElement[]): Uint8Array {
  const parts: Uint8Array[] = [HEADER];
  for (const { kind, encoded, properties } of elements) {
    const sorted = [...properties].sort(([a], [b]) => a - b);
    for (const [id, value] of sorted) parts.push(header(id, value.length), value);
    parts.push(header(ELEMENTS[kind], encoded.length), encoded);
  }
  parts.push(new Uint8Array(ENTRY_HEADER));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function header(id: number, length: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, id, true);
  view.setUint32(4, X509_ASN_ENCODING, true);
  view.setUint32(8, length, true);
  return bytes;
}

/**
 * Its elements in their order; what they hold is not looked at. What comes behind the end is left aside. Throws
 * ERROR_INVALID_DATA.
 */
export function decodeSerializedStore(bytes: Uint8Array): StoreElement[] {
  if (!isSerializedStore(bytes)) throw damaged('it does not begin as one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: StoreElement[] = [];
  let properties = new Map<number, Uint8Array>();
  for (let at = HEADER.length; ; ) {
    if (at + ENTRY_HEADER > bytes.length)
      throw damaged(`it ends at byte ${bytes.length} without the entry that ends it`);
    const [id, encoding, length] = [0, 4, 8].map((offset) => view.getUint32(at + offset, true)) as [
      number,
      number,
      number,
    ];
    if (id === 0) {
      if (properties.size > 0) throw damaged(`at byte ${at} it ends with properties of nothing`);
      return elements;
    }
    if (id > LAST_PROPERTY || encoding !== X509_ASN_ENCODING) throw damaged(`there is no entry at byte ${at}`);
    const from = at + ENTRY_HEADER;
    at = from + length;
    if (at > bytes.length) throw damaged(`an entry of ${length} bytes begins at byte ${from} of ${bytes.length}`);
    const value = bytes.subarray(from, at);
    const kind = kindOf(id);
    if (kind === undefined) {
      properties.set(id, value);
      continue;
    }
    elements.push({ kind, encoded: value, properties });
    properties = new Map();
  }
}

function kindOf(id: number): StoreElement['kind'] | undefined {
  return (Object.keys(ELEMENTS) as StoreElement['kind'][]).find((kind) => ELEMENTS[kind] === id);
}

function damaged(why: string) {
  return hresult('ERROR_INVALID_DATA', `The serialized store is damaged: ${why}.`, {
    hint: 'get the file anew; certutil -store NAME "*" FILE.sst writes one',
  });
}
