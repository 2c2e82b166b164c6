/** What `reg export` writes of a CA: UTF-16 with its mark, CR LF, hexadecimal values broken near 80 columns. */

export const CERTSVC = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration';

export type ExportedValues = Readonly<Record<string, string | number | readonly string[] | Uint8Array>>;

/** By the path below CertSvc\Configuration: `''` for the machine's own, `Contoso CA\CSP`. */
export function exportedRegistry(keys: Readonly<Record<string, ExportedValues>>): Uint8Array {
  const lines = ['Windows Registry Editor Version 5.00', ''];
  for (const [path, values] of Object.entries(keys)) {
    lines.push(`[${path === '' ? CERTSVC : `${CERTSVC}\\${path}`}]`);
    for (const [name, data] of Object.entries(values)) lines.push(...valueLines(name, data));
    lines.push('');
  }
  return utf16(`\u{feff}${lines.join('\r\n')}\r\n`);
}

function valueLines(name: string, data: ExportedValues[string]): string[] {
  if (typeof data === 'string') return [`"${name}"="${data.replace(/[\\"]/g, '\\$&')}"`];
  if (typeof data === 'number') return [`"${name}"=dword:${data.toString(16).padStart(8, '0')}`];
  const isBinary = data instanceof Uint8Array;
  const bytes = isBinary ? data : utf16(`${data.map((one) => `${one}\0`).join('')}\0`);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  let line = `"${name}"=hex${isBinary ? '' : '(7)'}:`;
  for (const [index, byte] of hex.entries()) {
    line += index < hex.length - 1 ? `${byte},` : byte;
    if (line.length < 77 || index === hex.length - 1) continue;
    lines.push(`${line}\\`);
    line = '  ';
  }
  return [...lines, line];
}

function utf16(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf16le'));
}
