/** A hash as CACertHash, CAXchgCertHash and KRACertHash may hold it, blanks between the bytes: lower-case hex without them. */
export function plainHash(written: string): string {
  return written.replaceAll(' ', '').toLowerCase();
}
