import { type Column, long, type Row, string } from './column.ts';

/** The attribute table: the `Name:Value` pairs that came with a request. */
export const ATTRIBUTE_COLUMNS = [
  long(0x3000, 'AttributeRequestId', 'Attribute Request Id', 'indexed'),
  string(0x3001, 'AttributeName', 254, 'Attribute Name'),
  string(0x3002, 'AttributeValue', 8192, 'Attribute Value'),
] as const satisfies readonly Column[];

export type AttributeRow = Row<typeof ATTRIBUTE_COLUMNS>;
