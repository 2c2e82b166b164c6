import { HresultError } from '#hresult/hresult-error';
import { type Extension, findExtension } from './extension.ts';

/**
 * The decoded value of an extension; undefined where it is absent or malformed. For searches and listings, which one bad
 * certificate must not stop; whoever decides anything by an extension decodes it and lets the error through.
 */
export function readableExtension<T>(
  extensions: readonly Extension[],
  extnID: string,
  decode: (extnValue: Uint8Array) => T,
): T | undefined {
  const extension = findExtension(extensions, extnID);
  return extension && orUndefined(() => decode(extension.extnValue));
}

export function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}
