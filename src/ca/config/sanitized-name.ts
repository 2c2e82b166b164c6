/** MS-WCCE 3.1.1.4.1.1: the CA's name as it stands in registry keys, containers and file names. */
export function sanitizeName(commonName: string): string {
  let out = '';
  for (let i = 0; i < commonName.length; i++) {
    const unit = commonName[i]!;
    out += /[A-Za-z0-9 ()\-_.@]/.test(unit) ? unit : `!${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
  return out;
}

const MAX_SHORT = 51;

/**
 * MS-WCCE 3.1.1.4.1.1: names longer than 51 characters are cut, and a five-digit decimal hash of what was cut follows.
 * The hash is 16 bits: rotate left by one, add the character.
 */
export function sanitizeShortName(commonName: string): string {
  const sanitized = sanitizeName(commonName);
  if (sanitized.length <= MAX_SHORT) return sanitized;
  let cut = MAX_SHORT;
  // An escape `!xxxx` is never split.
  const escaped = sanitized.lastIndexOf('!', cut - 1);
  if (escaped >= 0 && escaped + 5 > cut) cut = escaped;
  let hash = 0;
  for (const character of sanitized.slice(cut)) {
    hash = ((hash << 1) | (hash >>> 15)) & 0xffff;
    hash = (hash + character.charCodeAt(0)) & 0xffff;
  }
  return `${sanitized.slice(0, cut)}-${String(hash).padStart(5, '0')}`;
}
