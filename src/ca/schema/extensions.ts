import { binary, type Column, long, type Row, string } from './column.ts';

/** The extension table. MS-CSRA numbers its columns 0x4000 and the attributes' 0x3000, the reverse of its table constants. */
export const EXTENSION_COLUMNS = [
  long(0x4000, 'ExtensionRequestId', 'Extension Request Id', 'indexed'),
  string(0x4001, 'ExtensionName', 254, 'Extension Name'),
  long(0x4002, 'ExtensionFlags', 'Extension Flags'),
  binary(0x4003, 'ExtensionRawValue', 4096, 'Extension Raw Value'),
] as const satisfies readonly Column[];

export type ExtensionRow = Row<typeof EXTENSION_COLUMNS>;
