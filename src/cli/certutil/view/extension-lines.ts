import { oidByDotted } from '#pki/asn1/oid-table';
import { orUndefined } from '#pki/x509/readable-extension';
import { hexDump } from '../../io/hex-dump.ts';
import { extensionText } from '../dump/extension-text.ts';
import type { Page } from '../dump/page.ts';
import { printable } from '../text/printable.ts';
import { extensionFlagsText } from './value-lines.ts';

export interface StoredExtension {
  readonly name: string;
  /** ExtensionFlags of the database: critical, disabled, and whose it is. */
  readonly flags: number;
  readonly value: Uint8Array;
}

/** One extension below its request; what is not understood, or is malformed, is shown as it stands. */
export async function extensionLines({ name, flags, value }: StoredExtension, page: Page): Promise<string[]> {
  const meaning = extensionFlagsText(flags);
  const known = extensionText(name);
  const text = known && orUndefined(() => known.decode(value));
  const lines = text ? await text(page) : hexDump(value, { address: true, ascii: true });
  return [
    `    ${name}: Flags = ${flags.toString(16)}${meaning && `(${meaning})`}, Length = ${value.length.toString(16)}`,
    `    ${known?.title ?? oidByDotted(name)?.displayName ?? 'Unknown Extension type'}`,
    ...lines.map((line) => `        ${printable(line)}`),
    '',
  ];
}
