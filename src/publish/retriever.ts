import type { Directory, Retriever } from '#ca/ports';
import { readWholeFile } from '#files/durable-file';
import { parsePlace } from './place.ts';

/** A CRL of ten million entries is half of this. */
const LIMIT = 1024 * 1024 * 1024;
/** certutil's -t: milliseconds for one URL. */
const DEFAULT_TIMEOUT = 15_000;

/** Fetches what certificates point to: files, the directory, http. Answers undefined where nothing is there. */
export function createRetriever(directory: Directory | undefined, timeout: number = DEFAULT_TIMEOUT): Retriever {
  return {
    async retrieve(url) {
      const place = parsePlace(url);
      switch (place.kind) {
        case 'file':
          return readWholeFile(place.path, LIMIT);
        case 'ldap': {
          const object = await directory?.object(place.distinguishedName);
          const value = object?.attributes.get(place.attribute)?.[0];
          return value instanceof Uint8Array ? value : undefined;
        }
        case 'http':
          return fetchBytes(place.url, timeout);
      }
    },
  };
}

/** An unreachable server is the same as one that has nothing: whoever needs the answer says so in his own terms. */
async function fetchBytes(url: string, timeout: number): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
    if (!response.ok || !response.body) return undefined;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > LIMIT) return undefined;
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
