/** Textual encodings: RFC 7468, the bare base 64 that certreq writes, and both in UTF-16 as Windows tools save text. */
import { hresult, isHresult } from '#hresult/hresult-error';
import { decodeBase64, encodeBase64 } from './base64.ts';

export interface PemBlock {
  /** What stands after BEGIN: `CERTIFICATE`, `NEW CERTIFICATE REQUEST`. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

/** Text of a file: UTF-16 with a byte order mark, else UTF-8, where bytes that are no UTF-8 become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

/**
 * The blocks of a text in their order; what stands between them is skipped (RFC 7468 §2). Throws ERROR_INVALID_DATA for a
 * block that does not end or whose content is not base 64, ERROR_NOT_SUPPORTED for one with RFC 1421 headers.
 */
export function decodePem(source: string | Uint8Array): PemBlock[] {
  const text = typeof source === 'string' ? source : decodeText(source);
  const blocks: PemBlock[] = [];
  let at = text.indexOf(BEGIN);
  while (at >= 0) {
    const from = at + BEGIN.length;
    const lineEnd = endOfLine(text, from);
    const line = text.slice(from, lineEnd).trimEnd();
    const label = line.endsWith(DASHES) ? line.slice(0, -DASHES.length) : undefined;
    if (label === undefined) throw hresult('ERROR_INVALID_DATA', 'A BEGIN line of PEM does not end in dashes.');
    const end = text.indexOf(END, lineEnd);
    if (end < 0 || !text.startsWith(label + DASHES, end + END.length)) {
      throw hresult('ERROR_INVALID_DATA', 'A block of PEM has no END line of its own.');
    }
    const content = text.slice(lineEnd, end);
    if (content.includes(':')) {
      throw hresult('ERROR_NOT_SUPPORTED', 'The block of PEM has headers.', {
        hint: 'Convert an encrypted key first: openssl pkcs8 -topk8 -in key.pem -out key.p8',
      });
    }
    blocks.push({ label, bytes: decodeBase64(content) });
    at = text.indexOf(BEGIN, end + END.length);
  }
  return blocks;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/**
 * The bytes of a file that a person gives: the first PEM block, bare base 64, or else the file as it is. Whether they are
 * DER is for the reader to find out. Throws as `decodePem` does where a PEM block is damaged.
 */
export function decodePemOrDer(bytes: Uint8Array): Uint8Array {
  // A SEQUENCE in long form cannot begin a text, and files that begin so are most of them.
  if (bytes[0] === 0x30 && bytes[1]! >= 0x80) return bytes;
  const text = decodeText(bytes);
  const [first] = text.includes(BEGIN) ? decodePem(text) : [];
  if (first) return first.bytes;
  // `0` is 0x30: short DER may consist of the letters of base 64.
  if (text.trim().length === 0 || (bytes[0] === 0x30 && bytes[1] === bytes.length - 2)) return bytes;
  if (!/^[\u{feff}A-Za-z0-9+/=\s]*$/u.test(text)) return bytes;
  try {
    return decodeBase64(text.replace('\u{feff}', ''));
  } catch (cause) {
    if (!isHresult(cause, 'ERROR_INVALID_DATA')) throw cause;
    const hint = 'the file is damaged, cut off or of another kind: get it anew, or name another';
    throw hresult('ERROR_INVALID_DATA', cause.detail, { hint, cause });
  }
}

/** 64 columns (RFC 7468 §2); lines end in CR LF, as Windows writes them, unless told otherwise. */
export function encodePem(
  label: string,
  bytes: Uint8Array,
  { lineEnding = '\r\n' }: { lineEnding?: '\r\n' | '\n' } = {},
): string {
  const body = encodeBase64(bytes).replace(/.{1,64}/g, `$&${lineEnding}`);
  return `${BEGIN}${label}${DASHES}${lineEnding}${body}${END}${label}${DASHES}${lineEnding}`;
}
