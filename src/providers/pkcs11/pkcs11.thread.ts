import { workerData } from 'node:worker_threads';
import { serveCalls } from '#threads/serve-calls';
import { loadCryptoki } from './load-cryptoki.ts';
import { ThreadModule } from './thread-module.ts';
import type { ThreadCall } from './token-operations.ts';

const { path } = workerData as { readonly path: string };
let module: ThreadModule | undefined;

serveCalls(
  (call: ThreadCall) => {
    // Here, and not before: what keeps it from loading is the answer to a call.
    module ??= new ThreadModule(loadCryptoki(path), path);
    const answer = module.handle(call);
    // What a key has opened moves, and is in one place only.
    const isBytes = answer.kind === 'done' && answer.value instanceof Uint8Array;
    return { result: answer, transfer: isBytes ? [(answer.value as Uint8Array<ArrayBuffer>).buffer] : [] };
  },
  () => module?.close(),
);
