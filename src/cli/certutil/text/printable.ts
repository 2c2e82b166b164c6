/** What a request says of its requester may hold anything: no control character of it reaches a terminal. */
export function printable(text: string): string {
  return text.replace(/[^\t\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '.');
}
