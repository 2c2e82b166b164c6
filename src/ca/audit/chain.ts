/**
 * The chain over the audit records: each entry's hash is SHA-256 over the hash before it and the record's canonical bytes.
 * A record changed, taken out or put in between breaks the chain from there on. Records cut off at the end leave a shorter
 * chain that holds; only a head noted elsewhere shows that.
 */
import { isSameBytes } from '#pki/asn1/bytes';
import type { AuditEntry } from '../ports.ts';
import type { AuditRecord } from './audit-record.ts';
import { encodeAuditRecord } from './canonical.ts';

/** What stands before the first entry: 32 zero octets. */
export function auditChainStart(): Uint8Array {
  return new Uint8Array(32);
}

/** What an entry's hash is computed over. */
export function auditChainInput(previousHash: Uint8Array, record: AuditRecord): Uint8Array {
  const canonical = encodeAuditRecord(record);
  const input = new Uint8Array(previousHash.length + canonical.length);
  input.set(previousHash);
  input.set(canonical, previousHash.length);
  return input;
}

export interface AuditChainVerdict {
  /** Entries that hold, from the first on. */
  readonly verified: number;
  /** The hash of the last of them; keep it elsewhere to notice entries cut off at the end. */
  readonly head: Uint8Array;
  /** The first entry that does not hold: its number is not the next one, or its hash is another. */
  readonly broken: { readonly index: number; readonly fault: 'index' | 'hash' } | undefined;
}

/** Reads the entries in order, numbered from 1, and stops at the first that does not hold. `digest` is SHA-256. */
export async function verifyAuditChain(
  entries: AsyncIterable<AuditEntry> | Iterable<AuditEntry>,
  digest: (data: Uint8Array) => Promise<Uint8Array> | Uint8Array,
): Promise<AuditChainVerdict> {
  let head = auditChainStart();
  let verified = 0;
  for await (const { index, record, hash } of entries) {
    if (index !== verified + 1) return { verified, head, broken: { index, fault: 'index' } };
    const expected = await digest(auditChainInput(head, record));
    if (!isSameBytes(expected, hash)) return { verified, head, broken: { index, fault: 'hash' } };
    head = expected;
    verified = index;
  }
  return { verified, head, broken: undefined };
}
