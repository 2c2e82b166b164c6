/** Reading the directory over the network. Its domain and naming context come with the authority itself: `known-authority.ts`. */
import type { Directory } from '#ca/ports';
import { call, type MethodTable } from './method-table.ts';
import { text } from './shape.ts';

export type DirectoryReading = Pick<Directory, 'changeNumber' | 'findPrincipals' | 'object' | 'children'>;

export const DIRECTORY_METHODS: MethodTable<DirectoryReading> = {
  changeNumber: call(text),
  findPrincipals: call(text),
  object: call(text),
  children: call(text),
};
