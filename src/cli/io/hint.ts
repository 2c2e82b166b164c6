import type { HresultSymbol } from '#hresult/codes';
import type { HresultError } from '#hresult/hresult-error';

const ENCODING = 'the file is damaged, cut off or of another kind than is read here: get it anew, or name another';

/** What can be done about codes that mean one thing wherever they come from. */
const GENERAL: Readonly<Partial<Record<HresultSymbol, string>>> = {
  CRYPT_E_ASN1_BADTAG: ENCODING,
  CRYPT_E_ASN1_CORRUPT: ENCODING,
  CRYPT_E_ASN1_EOD: ENCODING,
  CRYPT_E_ASN1_LARGE: ENCODING,
  CRYPT_E_ASN1_NOEOD: ENCODING,
  CRYPT_E_ASN1_RULE: ENCODING,
  NTE_BAD_SIGNATURE: 'it was changed after it was signed, or another key signed it: get it anew from its maker',
};

/** The error's own hint comes first: it knows the place. */
export function hintOf(error: HresultError): string | undefined {
  return error.hint ?? GENERAL[error.symbol];
}
