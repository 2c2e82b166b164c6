import type { HresultSymbol } from '#hresult/codes';
import type { HresultError } from '#hresult/hresult-error';

const ENCODING = 'the file is damaged, cut off or of another kind than is read here: get it anew, or name another';
const CHANGED = 'it was changed after it was signed, or another key signed it: get it anew from its maker';

/** What can be done about codes that mean one thing wherever they come from. */
const GENERAL: Readonly<Partial<Record<HresultSymbol, string>>> = {
  CRYPT_E_ASN1_BADTAG: ENCODING,
  CRYPT_E_ASN1_CORRUPT: ENCODING,
  CRYPT_E_ASN1_EOD: ENCODING,
  CRYPT_E_ASN1_LARGE: ENCODING,
  CRYPT_E_ASN1_NOEOD: ENCODING,
  CRYPT_E_ASN1_RULE: ENCODING,
  CRYPT_E_HASH_VALUE: CHANGED,
  ERROR_CANCELLED: 'run it again and answer what it asks; in a script each line of standard input is an answer',
  NTE_BAD_DATA: 'it was changed after it was encrypted, or is for another key: get it anew from its maker',
  NTE_BAD_SIGNATURE: CHANGED,
};

/** The error's own hint comes first: it knows the place. */
export function hintOf(error: HresultError): string | undefined {
  return error.hint ?? GENERAL[error.symbol];
}
