import { hresult } from '#hresult/hresult-error';

/** Decimal, or hexadecimal with 0x, as -view prints both. Throws ERROR_INVALID_PARAMETER. */
export function parseRequestId(text: string): number {
  const id = /^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text) ? Number(text) : 0;
  if (id < 1 || id > 0xffffffff)
    throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no request ID.`, {
      hint: 'certutil -view lists the requests by their IDs',
    });
  return id;
}
