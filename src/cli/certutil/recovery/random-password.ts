/** Nothing that a shell, a comma list or `-p @file` takes for its own, whether it is quoted or not. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+=:';
const LENGTH = 16;

/** Sixteen printable characters, as document 004 shows them: 97 bits. */
export function randomPassword(random: (length: number) => Uint8Array): string {
  let password = '';
  while (password.length < LENGTH) {
    // Octets beyond the last whole multiple would make the first letters likelier.
    const fair = random(LENGTH).filter((octet) => octet < 256 - (256 % LETTERS.length));
    for (const octet of fair) {
      const letter = LETTERS[octet % LETTERS.length]!;
      if (password.length < LENGTH && (password !== '' || /[A-Za-z0-9]/.test(letter))) password += letter;
    }
  }
  return password;
}
