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
    return { result: module.handle(call) };
  },
  () => module?.close(),
);
