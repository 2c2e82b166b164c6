import { hresult } from '#hresult/hresult-error';

/**
 * A name that becomes a folder's: no slash of either kind, short enough, and none that files take for something else.
 * Throws ERROR_INVALID_NAME.
 */
export function requireFolderName(name: string, what: string, hint: string): string {
  const trimmed = name.trim();
  if (/^(?!\.)[^/\\\p{Cc}]{1,80}$/u.test(trimmed) && !trimmed.endsWith('.')) return trimmed;
  throw hresult('ERROR_INVALID_NAME', `"${name}" is no name of ${what}.`, { hint });
}
