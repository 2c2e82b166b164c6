/** KeyRecoveryHashes, which tells whose keys open an archived key. MS-CSRA 3.1.1.1. */

/** Lower-case hex, one blank between bytes, one certificate a line. */
export function formatKeyRecoveryHashes(agents: readonly { readonly thumbprint: string }[]): string {
  return agents.map(({ thumbprint }) => thumbprint.replace(/..(?=.)/g, '$& ')).join('\n');
}

/** SHA-1 of each certificate, lower-case hex without blanks. */
export function parseKeyRecoveryHashes(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(' ', '').trim().toLowerCase())
    .filter((line) => line !== '');
}
