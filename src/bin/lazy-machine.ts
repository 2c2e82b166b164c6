import { existsSync } from 'node:fs';
import { type Home, paths } from './home.ts';
import type { JoinedMachine } from './joined-machine.ts';
import type { Machine } from './machine.ts';

/** One machine, whose code is loaded with the first port that needs it: to list the verbs takes none of it. */
export function lazyMachine(home: Home): () => Promise<Machine | JoinedMachine> {
  let machine: Promise<Machine | JoinedMachine> | undefined;
  return () => {
    machine ??= open(home);
    return machine;
  };
}

async function open(home: Home): Promise<Machine | JoinedMachine> {
  if (existsSync(paths.joined(home))) {
    const [{ readJoinedAuthorities }, { JoinedMachine }] = await Promise.all([
      import('./joined-authorities.ts'),
      import('./joined-machine.ts'),
    ]);
    const [first, ...others] = await readJoinedAuthorities(home);
    if (first) return new JoinedMachine(home, [first, ...others]);
  }
  const { Machine } = await import('./machine.ts');
  return new Machine(home);
}
