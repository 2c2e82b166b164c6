/** Registry values as text: DWORDs decimal, REG_MULTI_SZ a JSON array, REG_BINARY hexadecimal. */
import type { RegistryValue } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';

/** Throws ERROR_INVALID_PARAMETER for a DWORD out of range or text that is not well-formed. */
export function formatRegistryData(value: RegistryValue): string {
  const data = format(value);
  if (data === undefined) throw hresult('ERROR_INVALID_PARAMETER', `The data given is no ${value.type}.`);
  return data;
}

function format(value: RegistryValue): string | undefined {
  switch (value.type) {
    case 'REG_SZ':
      return value.data.isWellFormed() ? value.data : undefined;
    case 'REG_DWORD':
      return Number.isInteger(value.data) && value.data >= 0 && value.data <= 0xffffffff
        ? String(value.data)
        : undefined;
    case 'REG_MULTI_SZ':
      return value.data.every((text) => text.isWellFormed()) ? JSON.stringify(value.data) : undefined;
    case 'REG_BINARY':
      return formatHex(value.data);
  }
}

/** Throws ERROR_INVALID_DATA for a type that was never written. */
export function parseRegistryData(type: string, data: string): RegistryValue {
  switch (type) {
    case 'REG_SZ':
      return { type, data };
    case 'REG_DWORD':
      return { type, data: Number(data) };
    case 'REG_MULTI_SZ':
      return { type, data: JSON.parse(data) as string[] };
    case 'REG_BINARY':
      return { type, data: parseHex(data) };
    default:
      throw hresult('ERROR_INVALID_DATA', `The database holds a registry value of the type ${type}.`);
  }
}
