import { serveCalls } from '#threads/serve-calls';
import type { UnwrapCall } from './key-threads.ts';
import { unwrapKey } from './unwrap-key.ts';

serveCalls(({ key, transport, encryptedKey, keyLength }: UnwrapCall) => {
  const result = unwrapKey(key, transport, encryptedKey, keyLength);
  return { result, transfer: [result.buffer as ArrayBuffer] };
});
