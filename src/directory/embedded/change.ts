/** Changes of single objects as data, so that they can be gathered and made in another thread. */
import type { DatabaseSync } from 'node:sqlite';
import { hresult } from '#hresult/hresult-error';
import { countConfigurationChange } from './configuration-changes.ts';
import {
  addValues,
  deleteObject,
  findId,
  insertObject,
  nameKey,
  replaceAttributes,
  type Values,
} from './object-table.ts';

export type Change = {
  readonly distinguishedName: string;
  /** It lies in the configuration partition, whose changes are counted. */
  readonly isCounted: boolean;
} & (
  | { readonly kind: 'put'; readonly attributes: ReadonlyMap<string, Values>; readonly objectGUID: Uint8Array }
  | { readonly kind: 'add'; readonly attribute: string; readonly values: Values }
  | { readonly kind: 'remove' }
);

/** Throws ERROR_DS_OBJ_NOT_FOUND, and what the change itself throws. */
export function makeChange(database: DatabaseSync, change: Change): void {
  const { distinguishedName } = change;
  if (change.kind === 'remove') deleteObject(database, distinguishedName);
  else {
    const id = findId(database, nameKey(distinguishedName));
    if (change.kind === 'add') {
      if (id === undefined) throw hresult('ERROR_DS_OBJ_NOT_FOUND', distinguishedName);
      addValues(database, id, change.attribute, change.values);
    } else if (id === undefined) insertObject(database, distinguishedName, change.attributes, change.objectGUID);
    else replaceAttributes(database, id, change.attributes);
  }
  if (change.isCounted) countConfigurationChange(database);
}
