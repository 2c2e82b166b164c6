import { createHash } from 'node:crypto';

/**
 * The unique container name: MD5 of the container's name in lower case with its terminating NUL, each of the four words
 * of the digest taken as a little-endian number, then the machine's GUID. CAPI hashes single bytes, CNG UTF-16LE. The rule
 * is recovered from published certutil dumps, not documented.
 */
export function uniqueName(container: string, isKsp: boolean, machineGuid: string): string {
  const text = `${container.toLowerCase()}\0`;
  // CAPI names are ANSI. Names no code page 1252 holds have no Windows form to agree with; UTF-8 keeps them apart.
  const bytes = Buffer.from(text, isKsp ? 'utf16le' : /^[\0-\xff]*$/.test(text) ? 'latin1' : 'utf8');
  const digest = createHash('md5').update(bytes).digest();
  return `${digest.swap32().toString('hex')}_${machineGuid}`;
}
