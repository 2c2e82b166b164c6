/**
 * The text of an ASN.1 tree, in the layout of appendix A of the white paper on key archival: three columns an level, lines
 * of at most 80 columns, a short value in quotes behind its type, a longer one folded under it.
 */
import { formatHex } from '#pki/asn1/bytes';
import { decodeOid } from '#pki/asn1/object-identifier';
import { oidByDotted } from '#pki/asn1/oid-table';
import { decodeString } from '#pki/asn1/strings';
import { CONSTRUCTED, TAG } from '#pki/asn1/tag';
import type { Asn1Node } from '#pki/asn1/tree';
import type { Json } from './verb.ts';

const INDENT = 3;
const WIDTH = 80;
/** Up to here a value stands behind its type. */
const INLINE_WIDTH = 57;
/** Deep nesting leaves this much for a value all the same. */
const LEAST_WIDTH = 16;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(TAG).map(([name, tag]) => [tag & ~CONSTRUCTED, name.replaceAll('_', ' ')]),
);
const CLASSES = ['UNIVERSAL', 'APPLICATION', 'CONTEXT SPECIFIC', 'PRIVATE'] as const;

/** Type of a node as the tree names it: `SEQUENCE`, `CONTEXT SPECIFIC (0)`, `BIT STRING UnusedBits:5`. */
function typeOf({ tag, content }: Asn1Node): string {
  const low = tag & 0xff;
  const number = (low & 0x1f) === 0x1f ? tag >>> 8 : low & 0x1f;
  const name = low >> 6 === 0 ? NAMES.get(number) : undefined;
  if (name === undefined) return `${CLASSES[(low >> 6) as 0 | 1 | 2 | 3]} (${number})`;
  return low === TAG.BIT_STRING && content.length > 0 ? `${name} UnusedBits:${content[0]}` : name;
}

type Value =
  /** Behind the type, however long. */
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'hex'; readonly text: string };

function leafValue({ tag, content }: Asn1Node): Value | undefined {
  if (content.length === 0) return undefined;
  if (tag === TAG.OBJECT_IDENTIFIER) return identifier(content);
  if (tag === TAG.INTEGER || tag === TAG.ENUMERATED) {
    if (content.length <= 4) return { kind: 'plain', text: String(smallInteger(content)) };
    return hexOf(content);
  }
  if (tag === TAG.BIT_STRING) return content.length > 1 ? hexOf(content.subarray(1)) : undefined;
  const text = textOf(tag, content);
  return text === undefined ? hexOf(content) : { kind: 'text', text };
}

function smallInteger(content: Uint8Array): number {
  let value = content[0]! & 0x80 ? -1 : 0;
  for (const octet of content) value = (value << 8) | octet;
  return value;
}

function hexOf(content: Uint8Array): Value {
  return { kind: 'hex', text: formatHex(content).toUpperCase() };
}

/** `sha1 [1.3.14.3.2.26]`; the name is left out where the table has none. Hexadecimal for what is no identifier. */
function identifier(content: Uint8Array): Value {
  try {
    const oid = decodeOid(content);
    return { kind: 'plain', text: ` ${[oidByDotted(oid)?.treeName, `[${oid}]`].filter(Boolean).join(' ')}` };
  } catch {
    return hexOf(content);
  }
}

/** The characters of a string or a time, and of an implicitly tagged value that looks like one. */
function textOf(tag: number, content: Uint8Array): string | undefined {
  const isCharacters = tag >> 6 === 0 && tag >= TAG.UTF8_STRING && tag !== 0x0d && tag !== 0x10;
  if (!isCharacters && (tag & 0xff) >> 6 === 0) return undefined;
  try {
    const text = decodeString(isCharacters ? tag : TAG.IA5_STRING, content, 0, content.length);
    // Control characters in a name must not reach a terminal.
    return /^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]*$/u.test(text) && (isCharacters || /^[ -~]{4,}$/.test(text))
      ? text
      : undefined;
  } catch {
    return undefined;
  }
}

/** The lines of a tree, without trailing blanks. */
export function* asn1Lines(node: Asn1Node, depth = 0): Generator<string> {
  const indent = ' '.repeat(INDENT * depth);
  const type = `${indent}${typeOf(node)} :${node.isIndefinite ? ' (indefinite length)' : ''}`;
  const value = node.children ? undefined : leafValue(node);
  if (value?.kind === 'plain') yield `${type} ${value.text}`;
  else if (value && type.length + value.text.length + 3 <= INLINE_WIDTH) yield `${type} '${value.text}'`;
  else {
    yield type;
    const under = indent + ' '.repeat(INDENT);
    const room = Math.max(LEAST_WIDTH, WIDTH - under.length);
    for (let at = 0; value && at < value.text.length; at += room) {
      const part = value.text.slice(at, at + room);
      yield under + (value.kind === 'text' ? `'${part}'` : part);
    }
  }
  for (const child of node.children ?? []) yield* asn1Lines(child, depth + 1);
}

/** The same for `--json`: offsets, types, and the value of whatever holds no other node. */
export function asn1Value(node: Asn1Node): Json {
  const { offset, headerLength, content, children, isIndefinite } = node;
  return {
    type: typeOf(node),
    offset,
    headerLength,
    length: content.length,
    indefinite: isIndefinite || undefined,
    ...(children ? { children: children.map(asn1Value) } : { value: leafValue(node)?.text.trim() }),
  };
}
