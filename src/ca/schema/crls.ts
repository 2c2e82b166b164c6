import { binary, type Column, date, long, type Row, string } from './column.ts';

/** The CRL table. `CRLLastPublished` is certutil's name for what MS-CSRA calls CRLLastPublish. */
export const CRL_COLUMNS = [
  long(0x5000, 'CRLRowId', 'CRL Row ID', 'indexed'),
  long(0x5001, 'CRLNumber', 'CRL Number', 'indexed'),
  long(0x5002, 'CRLMinBase', 'CRL Minimum Base'),
  long(0x5003, 'CRLNameId', 'CRL Name ID'),
  long(0x5004, 'CRLCount', 'CRL Count'),
  date(0x5005, 'CRLThisUpdate', 'CRL This Update'),
  date(0x5006, 'CRLNextUpdate', 'CRL Next Update', 'indexed'),
  date(0x5007, 'CRLThisPublish', 'CRL This Publish'),
  date(0x5008, 'CRLNextPublish', 'CRL Next Publish', 'indexed'),
  date(0x5009, 'CRLEffective', 'CRL Effective'),
  date(0x500a, 'CRLPropagationComplete', 'CRL Propagation Complete', 'indexed'),
  date(0x500b, 'CRLLastPublished', 'CRL Last Published', 'indexed'),
  long(0x500c, 'CRLPublishAttempts', 'CRL Publish Attempts', 'indexed'),
  long(0x500d, 'CRLPublishFlags', 'CRL Publish Flags'),
  long(0x500e, 'CRLPublishStatusCode', 'CRL Publish Status Code', 'indexed'),
  string(0x500f, 'CRLPublishError', 8192, 'CRL Publish Error Information'),
  binary(0x5010, 'CRLRawCRL', 536870912, 'CRL Raw CRL'),
  long(0x5011, 'CRLPartitionIndex', 'CRL Partition Index'),
] as const satisfies readonly Column[];

export type CrlRow = Row<typeof CRL_COLUMNS>;
