/** Whose keys a token holds, and how a key comes to another owner without leaving it: labels are `OWNER/container`. */
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { Token } from './token.ts';
import type { TokenObject } from './token-operations.ts';

export interface OwnedObject extends TokenObject {
  /** A SID; empty for a label that begins with none. */
  readonly owner: string;
  readonly container: string;
}

/** By the names of their keys; of a pair the public object first. */
export async function ownedObjects(token: Token): Promise<readonly OwnedObject[]> {
  const objects = (await token.operate('listObjects')).map((object) => {
    const owned = /^(S-1-[0-9-]+)\/(.*)$/s.exec(object.label);
    return { ...object, owner: owned?.[1] ?? '', container: owned?.[2] ?? object.label };
  });
  return objects.sort((a, b) => (a.container === b.container ? 0 : a.container < b.container ? -1 : 1));
}

export interface OwnerChange {
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Gives the key another owner: its public object and certificates first, its private one last, so that a run that was
 * interrupted is taken up by the next. Answers what was renamed, nothing where all was already. The key then signs, and its
 * signature is verified. Throws NTE_BAD_KEYSET where neither owner has the key, NTE_EXISTS where both have one, NTE_PERM for
 * a key that was made unmodifiable.
 */
export async function changeOwner(
  token: Token,
  { container, from, to }: OwnerChange,
  verify: () => Promise<void>,
): Promise<readonly OwnedObject[]> {
  const of = (objects: readonly OwnedObject[], owner: string) =>
    objects.filter((object) => object.owner === owner && object.container === container);
  const objects = await ownedObjects(token);
  const old = of(objects, from);
  const isPrivate = ({ type }: TokenObject) => type === 'PrivateKey';
  const [key] = old.filter(isPrivate);
  const [there] = of(objects, to).filter(isPrivate);
  if (key === undefined && there === undefined) {
    throw hresult('NTE_BAD_KEYSET', `Neither ${from} nor ${to} has a key ${container}.`, {
      hint: 'certhaven ksputil enumkeys -a lists the keys of every owner',
    });
  }
  if (key !== undefined && there !== undefined) {
    throw hresult('NTE_EXISTS', `${to} has a key ${container} already.`, {
      hint: 'delete or rename that one first: nothing was changed',
    });
  }
  const renamed = old.filter((object) => isSameBytes(object.id, (key ?? there)!.id));
  renamed.sort((a, b) => Number(isPrivate(a)) - Number(isPrivate(b)));
  for (const object of renamed) await token.operate('renameObject', object, `${to}/${container}`);
  await verify();
  return renamed;
}
