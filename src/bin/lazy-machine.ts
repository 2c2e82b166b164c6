import type { Home } from './home.ts';
import type { Machine } from './machine.ts';

/** One machine, whose code is loaded with the first port that needs it: to list the verbs takes none of it. */
export function lazyMachine(home: Home): () => Promise<Machine> {
  let machine: Promise<Machine> | undefined;
  return () => {
    machine ??= import('./machine.ts').then((loaded) => new loaded.Machine(home));
    return machine;
  };
}
