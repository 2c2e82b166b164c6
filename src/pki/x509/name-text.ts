/**
 * Names as text in the X.500 form of certutil and of request INF files: the most specific RDN first. The rules are those
 * documented for CertNameToStr and CertStrToName: a value is put in quotes where it needs them, a quote in it is doubled.
 */
import { type HresultError, hresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '../asn1/bytes.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { isOid } from '../asn1/object-identifier.ts';
import { attributeKey, attributeTypeOfKey } from './attribute-types.ts';
import { type AttributeTypeAndValue, encodeName, type Name, type NameAttribute } from './name.ts';

/**
 * `CN=user1, CN=Users, DC=nwtraders, DC=com`; several attributes of one RDN are joined by ` + `; a value that is no text
 * is `#` and its DER in hexadecimal (RFC 4514 §2.4).
 */
export function formatName(name: Name): string {
  return name.rdnSequence
    .map((rdn) => rdn.map(formatAttribute).join(' + '))
    .reverse()
    .join(', ');
}

/** One RDN, as `certutil -v` prints them a line each. */
export function formatRelativeDistinguishedName(rdn: readonly AttributeTypeAndValue[]): string {
  return rdn.map(formatAttribute).join(' + ');
}

function formatAttribute(attribute: AttributeTypeAndValue): string {
  return `${attributeKey(attribute.type)}=${attribute.value === undefined ? `#${formatHex(attribute.rawValue)}` : quoteValue(attribute.value)}`;
}

// A final backslash is quoted too, which CertNameToStr does not do: parseName would read it as the escape of what follows.
const NEEDS_QUOTES = /^$|^\s|\s$|[,+="\n<>#;]|\\$/;

function quoteValue(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Reads `CN=a, O="b, c"`: RDNs separated by `,` or `;`, attributes of one RDN by `+`, keys of any case, dotted,
 * or dotted after `OID.`. Outside quotes a backslash before one of `,+"<>;=#` makes it an ordinary character; before
 * anything else it stands for itself, so that `CN=DOMAIN\user` is read as written.
 * Throws CRYPT_E_INVALID_X500_STRING with the position, counted from 0.
 */
export function parseName(text: string, options: { readonly forceUTF8?: boolean } = {}): Name {
  const parser = new NameParser(text);
  const rdns = parser.rdns();
  return encodeName(rdns.reverse(), options);
}

class NameParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  rdns(): NameAttribute[][] {
    const rdns: NameAttribute[][] = [];
    this.#blanks();
    if (this.#at === this.#text.length) return rdns;
    let rdn: NameAttribute[] = [];
    rdns.push(rdn);
    for (;;) {
      rdn.push(this.#attribute());
      const separator = this.#text[this.#at++];
      if (separator === undefined) return rdns;
      if (separator !== '+') {
        rdn = [];
        rdns.push(rdn);
      }
    }
  }

  #attribute(): NameAttribute {
    this.#blanks();
    const start = this.#at;
    const key = /[^=,;+"]*/y;
    key.lastIndex = start;
    const word = key.exec(this.#text)![0];
    if (this.#text[start + word.length] !== '=') throw this.#error(start + word.length, "'=' expected");
    const type = attributeType(word.trim());
    if (type === undefined) throw this.#error(start, `Unknown key "${word.trim()}"`);
    this.#at = start + word.length + 1;
    this.#blanks();
    const next = this.#text[this.#at];
    if (next === '#') return { type, rawValue: this.#hexadecimal() };
    return { type, value: next === '"' ? this.#quoted() : this.#plain() };
  }

  #hexadecimal(): Uint8Array {
    const start = this.#at;
    const digits = this.#plain(1).slice(1);
    try {
      const der = parseHex(digits);
      return decodeWhole(der, (reader) => reader.element());
    } catch {
      throw this.#error(start, "'#' and the hexadecimal DER of one value expected");
    }
  }

  #quoted(): string {
    const open = this.#at++;
    let value = '';
    for (;;) {
      const close = this.#text.indexOf('"', this.#at);
      if (close < 0) throw this.#error(open, 'No closing quote');
      value += this.#text.slice(this.#at, close);
      this.#at = close + 1;
      if (this.#text[this.#at] !== '"') break;
      value += '"';
      this.#at++;
    }
    this.#blanks();
    const next = this.#text[this.#at];
    if (next !== undefined && !',;+'.includes(next)) throw this.#error(this.#at, 'Separator expected');
    return value;
  }

  /** Up to the separator, without the blanks before it; the first `taken` characters are taken whatever they are. */
  #plain(taken = 0): string {
    let value = this.#text.slice(this.#at, this.#at + taken);
    this.#at += taken;
    for (; this.#at < this.#text.length; this.#at++) {
      let character = this.#text[this.#at]!;
      if (',;+'.includes(character)) break;
      if ('="<>#'.includes(character)) throw this.#error(this.#at, `'${character}' outside quotes`);
      const escaped = this.#text[this.#at + 1];
      if (character === '\\' && escaped !== undefined && ',+"<>;=#'.includes(escaped)) {
        character = escaped;
        this.#at++;
      }
      value += character;
    }
    return value.trimEnd();
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #error(position: number, what: string): HresultError {
    return hresult('CRYPT_E_INVALID_X500_STRING', `${what} at position ${position} of the name.`, {
      hint: 'Write names as CN=User, O="Example, Inc.", C=US; put values with special characters in quotes.',
    });
  }
}

function attributeType(key: string): string | undefined {
  const dotted = key.replace(/^OID\./i, '');
  return isOid(dotted) ? dotted : attributeTypeOfKey(key);
}
