import type { KeyListing } from '#pki/crypto/key-provider';

/** By the name of its container or its unique name, whatever the case. */
export function isNamed({ container, uniqueName }: KeyListing, name: string): boolean {
  const wanted = name.trim().toLowerCase();
  return container.toLowerCase() === wanted || uniqueName.toLowerCase() === wanted;
}
