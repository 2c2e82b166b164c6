import { hresult } from '#hresult/hresult-error';

/** The zero-based index of a property of the CA; the newest where none is typed. Throws ERROR_FILE_NOT_FOUND out of range. */
export function propertyIndex(typed: string | undefined, count: number, what: string): number {
  const index = typed === undefined ? count - 1 : /^[0-9]{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
  if (Number.isNaN(index))
    throw hresult('ERROR_INVALID_PARAMETER', `"${typed}" is no index.`, { hint: 'count from 0' });
  if (index >= 0 && index < count) return index;
  throw hresult('ERROR_FILE_NOT_FOUND', `There is no ${what}[${Math.max(index, 0)}]: the CA has ${count}.`, {
    hint: 'certutil -CAInfo lists what there is',
  });
}
