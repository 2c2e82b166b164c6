import { hresult } from '#hresult/hresult-error';
import type { KeyPasswords } from '#pki/crypto/key-provider';
import type { Console } from './console.ts';

/** Asks at the console for the passwords of keys that are protected by one. `chosen` throws NTE_INCORRECT_PASSWORD. */
export function keyPasswordsAt(console: Pick<Console, 'prompt'>): KeyPasswords {
  const ask = (question: string) => console.prompt(question, { hidden: true });
  return {
    existing: (container) => ask(`Enter the password of the key ${container}:`),
    async chosen(container) {
      const password = await ask(`Enter a new password for the key ${container}:`);
      if (password === (await ask('Confirm new password:'))) return password;
      throw hresult('NTE_INCORRECT_PASSWORD', 'The two passwords are not the same.', {
        hint: 'nothing was made; run the command again',
      });
    },
  };
}
