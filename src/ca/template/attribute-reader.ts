import { hresult } from '#hresult/hresult-error';
import { isOid } from '#pki/asn1/object-identifier';
import type { DirectoryObject } from '../ports.ts';

export type AttributeValues = readonly (string | Uint8Array)[];

export function checkOid(text: string, attribute: string): string {
  if (text.length > 512 || !isOid(text))
    throw hresult('ERROR_INVALID_DATA', `${attribute} has "${text}", which is no object identifier`);
  return text;
}

/** Reads an object's attributes by syntax; every fault is ERROR_INVALID_DATA with the attribute's name. */
export class AttributeReader {
  readonly #attributes = new Map<string, AttributeValues>();

  constructor(object: DirectoryObject) {
    for (const [name, values] of object.attributes) this.#attributes.set(name.toLowerCase(), values);
  }

  #values(name: string): AttributeValues {
    return this.#attributes.get(name.toLowerCase()) ?? [];
  }

  strings(name: string): string[] {
    return this.#values(name).map((value) => {
      if (typeof value !== 'string') throw hresult('ERROR_INVALID_DATA', `${name} is no text`);
      return value;
    });
  }

  string(name: string): string | undefined {
    const values = this.strings(name);
    if (values.length > 1) throw hresult('ERROR_INVALID_DATA', `${name} has ${values.length} values`);
    return values[0];
  }

  oids(name: string): string[] {
    return this.strings(name).map((oid) => checkOid(oid, name));
  }

  octets(name: string): Uint8Array | undefined {
    const values = this.#values(name);
    const value = values[0];
    if (value === undefined) return undefined;
    if (values.length > 1 || !(value instanceof Uint8Array))
      throw hresult('ERROR_INVALID_DATA', `${name} is no single octet string`);
    return value;
  }

  /** Signed. */
  integer(name: string): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?[0-9]{1,10}$/.test(text) || value < -0x80000000 || value > 0x7fffffff)
      throw hresult('ERROR_INVALID_DATA', `${name} is "${text}" instead of a signed 32-bit number`);
    return value;
  }
}
