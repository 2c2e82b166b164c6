import { existsSync } from 'node:fs';
import type { Console } from '#cli/io/console';
import type { AskPin } from '#providers/pkcs11/pin';
import { type Home, paths } from './home.ts';
import type { JoinedMachine } from './joined-machine.ts';
import type { Machine } from './machine.ts';

/** One machine, whose code is loaded with the first port that needs it: to list the verbs takes none of it. */
export function lazyMachine(home: Home, console: Console): () => Promise<Machine | JoinedMachine> {
  let machine: Promise<Machine | JoinedMachine> | undefined;
  return () => {
    machine ??= open(home, askPinAt(console));
    return machine;
  };
}

async function open(home: Home, askPin: AskPin): Promise<Machine | JoinedMachine> {
  if (existsSync(paths.joined(home))) {
    const [{ readJoinedAuthorities }, { JoinedMachine }] = await Promise.all([
      import('./joined-authorities.ts'),
      import('./joined-machine.ts'),
    ]);
    const [first, ...others] = await readJoinedAuthorities(home);
    if (first) return new JoinedMachine(home, [first, ...others], askPin);
  }
  const { Machine } = await import('./machine.ts');
  return new Machine(home, { askPin });
}

/** Beside what the command prints, which may be read by a program. */
export function askPinAt(console: Console): AskPin {
  return (token) => console.prompt(`PIN of the token ${token}:`, { hidden: true, aside: true });
}
