import { workerData } from 'node:worker_threads';
import { serveCalls } from '#threads/serve-calls';
import { loadCryptoki } from './load-cryptoki.ts';
import { ThreadModule } from './thread-module.ts';
import type { ThreadCall } from './token-operations.ts';

const { path, beats } = workerData as { readonly path: string; readonly beats: Int32Array };
let module: ThreadModule | undefined;

serveCalls(
  (call: ThreadCall) => {
    // Here, and not before: what keeps it from loading is the answer to a call.
    module ??= new ThreadModule(loadCryptoki(path), path, () => Atomics.add(beats, 0, 1));
    const begun = performance.now();
    const answers = module.handle(call);
    const transfer = answers.flatMap((answer, index) => {
      const isSecret = call.kind === 'operate' && ['decrypt', 'agree'].includes(call.operations[index]!.operation);
      // What a key has opened moves, and is in one place only.
      return isSecret && answer.kind === 'done' && answer.value instanceof Uint8Array
        ? [(answer.value as Uint8Array<ArrayBuffer>).buffer]
        : [];
    });
    return { result: { answers, milliseconds: performance.now() - begun }, transfer };
  },
  () => module?.close(),
);
