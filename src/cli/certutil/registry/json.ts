import type { RegistryValue } from '#ca/ports';
import { formatHex } from '#pki/asn1/bytes';
import type { Json } from '../../io/verb.ts';
import { flagNames } from '../text/dword-text.ts';
import { registryBits } from './lines.ts';

/** A registry value for --json: binary in hexadecimal, the names of the bits beside a number that has some. */
export function registryJson(name: string, value: RegistryValue | undefined): Json {
  if (value === undefined) return null;
  switch (value.type) {
    case 'REG_BINARY':
      return { type: value.type, data: formatHex(value.data) };
    case 'REG_DWORD': {
      const bits = registryBits(name);
      return {
        type: value.type,
        data: value.data,
        flags: bits.length > 0 ? flagNames(value.data, bits) : undefined,
      };
    }
    default:
      return { type: value.type, data: value.data };
  }
}
