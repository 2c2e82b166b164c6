/** A registration file as `reg export` writes it: UTF-16 with its mark, CR LF, bytes in lines of up to 80 columns. */
import type { RegistryValue } from '../ports.ts';

export interface KeyToExport {
  readonly path: string;
  readonly values: readonly { readonly name: string; readonly value: RegistryValue }[];
}

export function encodeRegistryFile(keys: readonly KeyToExport[]): Uint8Array {
  const lines = ['Windows Registry Editor Version 5.00', ''];
  for (const { path, values } of keys) {
    lines.push(`[${path}]`, ...values.flatMap(({ name, value }) => valueLines(`"${escaped(name)}"=`, value)), '');
  }
  return utf16(`\u{feff}${lines.map((line) => `${line}\r\n`).join('')}`);
}

function valueLines(head: string, value: RegistryValue): string[] {
  switch (value.type) {
    case 'REG_SZ':
      // A line break would end the value: bytes have none.
      return /[\r\n\0]/.test(value.data)
        ? byteLines(`${head}hex(1):`, utf16(`${value.data}\0`))
        : [`${head}"${escaped(value.data)}"`];
    case 'REG_DWORD':
      return [`${head}dword:${value.data.toString(16).padStart(8, '0')}`];
    case 'REG_MULTI_SZ':
      return byteLines(`${head}hex(7):`, utf16(`${value.data.map((one) => `${one}\0`).join('')}\0`));
    case 'REG_BINARY':
      return byteLines(`${head}hex:`, value.data);
  }
}

/** With the `\` at its end. */
const COLUMNS = 80;

function byteLines(head: string, bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let line = head;
  bytes.forEach((octet, index) => {
    const isLast = index === bytes.length - 1;
    line += octet.toString(16).padStart(2, '0') + (isLast ? '' : ',');
    if (isLast || line.length + 4 <= COLUMNS) return;
    lines.push(`${line}\\`);
    line = '  ';
  });
  return [...lines, line];
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&');
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
  return bytes;
}
