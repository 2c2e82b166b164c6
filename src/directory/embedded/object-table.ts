/** Objects and their values in the tables. Every function works inside a transaction of its caller. */
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { DirectoryObject } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import {
  distinguishedNameKey,
  formatDistinguishedName,
  parseDistinguishedName,
  type RelativeDistinguishedName,
} from '../distinguished-name.ts';

export type Values = readonly (string | Uint8Array)[];

/** Attributes whose values are distinguished names, compared as such. */
const NAME_SYNTAX: ReadonlySet<string> = new Set(['member', 'managedby']);

/** Made from others when an object is read. */
const CONSTRUCTED: ReadonlySet<string> = new Set(['distinguishedname', 'memberof']);

/** No two objects have the same of these. */
const UNIQUE: ReadonlySet<string> = new Set(['samaccountname', 'userprincipalname', 'objectsid', 'objectguid']);

/** The index holds longer values by their digest. */
const KEY_LIMIT = 1024;

export function nameKey(distinguishedName: string): string {
  return distinguishedNameKey(parseDistinguishedName(distinguishedName));
}

/** The form a value is looked up by; `name` is its attribute in lower case. */
function keyOf(name: string, value: string | Uint8Array): string {
  if (typeof value !== 'string') return value.length <= KEY_LIMIT / 2 ? formatHex(value) : digestKey(value);
  const text = NAME_SYNTAX.has(name) ? nameKey(value) : value.toLowerCase();
  return text.length <= KEY_LIMIT ? text : digestKey(text);
}

function digestKey(value: string | Uint8Array): string {
  return `#${hash('sha256', value, 'hex')}`;
}

/** Gives every value its key where an earlier version left long ones without. */
export function fillKeys(database: DatabaseSync): void {
  const without = database.prepare('SELECT object, name, position FROM attribute_values WHERE key IS NULL').all();
  for (const row of without) {
    const place = [row['object'] as number, row['name'] as string, row['position'] as number] as const;
    const found = database
      .prepare('SELECT value FROM attribute_values WHERE object = ? AND name = ? AND position = ?')
      .get(...place);
    database
      .prepare('UPDATE attribute_values SET key = ? WHERE object = ? AND name = ? AND position = ?')
      .run(keyOf(place[1], found?.['value'] as string | Uint8Array), ...place);
  }
}

/** The attribute without LDAP's `;binary`, in lower case. Throws ERROR_INVALID_PARAMETER. */
function checkAttribute(attribute: string): { name: string; spelling: string } {
  const spelling = attribute.replace(/;binary$/i, '');
  if (spelling.length > 128 || !/^[A-Za-z][A-Za-z0-9-]*$/.test(spelling))
    throw hresult('ERROR_INVALID_PARAMETER', `"${attribute.slice(0, 80)}" is no attribute`);
  const name = spelling.toLowerCase();
  if (CONSTRUCTED.has(name))
    throw hresult('ERROR_INVALID_PARAMETER', `${spelling} is made by the directory`, {
      ...(name === 'memberof' ? { hint: 'write the member attribute of the group' } : {}),
    });
  return { name, spelling };
}

export function findId(database: DatabaseSync, dnKey: string): number | undefined {
  const row = database.prepare('SELECT id FROM objects WHERE dn_key = ?').get(dnKey);
  return row?.['id'] as number | undefined;
}

type Condition = 'id = ?' | 'parent_key = ?';

/** Every value, in order. */
const ALL_VALUES = (condition: Condition) =>
  `SELECT id, dn, spelling, value FROM objects JOIN attribute_values ON object = id
   WHERE ${condition} ORDER BY dn_key, name, position`;

/** All but the certificates that were published to the object; two ranges of the key, so that they are not even passed over. */
const WITHOUT_CERTIFICATES = (condition: Condition) => {
  const range = (comparison: '<' | '>') =>
    `SELECT id, dn, dn_key, name, position, spelling, value FROM objects JOIN attribute_values ON object = id
     WHERE ${condition} AND name ${comparison} 'usercertificate'`;
  return `${range('<')} UNION ALL ${range('>')} ORDER BY dn_key, name, position`;
};

/** Objects with their values, and memberOf out of the groups that name them, ordered by name. */
function readObjects(
  database: DatabaseSync,
  condition: Condition,
  parameter: number | string,
  values: typeof ALL_VALUES = ALL_VALUES,
): DirectoryObject[] {
  const objects = new Map<number, { distinguishedName: string; attributes: Map<string, (string | Uint8Array)[]> }>();
  const rows = database
    .prepare(values(condition))
    .all(...(values === ALL_VALUES ? [parameter] : [parameter, parameter]));
  const add = (id: number, attribute: string, value: string | Uint8Array) => {
    const attributes = objects.get(id)!.attributes;
    const values = attributes.get(attribute);
    if (values) values.push(value);
    else attributes.set(attribute, [value]);
  };
  for (const row of rows) {
    const id = row['id'] as number;
    const distinguishedName = row['dn'] as string;
    if (!objects.has(id))
      objects.set(id, { distinguishedName, attributes: new Map([['distinguishedName', [distinguishedName]]]) });
    add(id, row['spelling'] as string, row['value'] as string | Uint8Array);
  }
  const groups = database
    .prepare(
      `SELECT objects.id AS id, named.dn AS dn FROM objects
       JOIN attribute_values ON name = 'member' AND key = objects.dn_key
       JOIN objects AS named ON named.id = attribute_values.object
       WHERE objects.${condition} ORDER BY named.dn_key`,
    )
    .all(parameter);
  for (const group of groups) add(group['id'] as number, 'memberOf', group['dn'] as string);
  return [...objects.values()];
}

export function readObject(database: DatabaseSync, id: number): DirectoryObject {
  // Every object has its GUID, so the join always finds it.
  return readObjects(database, 'id = ?', id)[0]!;
}

/** Who somebody is: certificates gather in thousands on some accounts, and say nothing of that. */
export function readObjectWithoutCertificates(database: DatabaseSync, id: number): DirectoryObject {
  return readObjects(database, 'id = ?', id, WITHOUT_CERTIFICATES)[0]!;
}

export function readChildren(database: DatabaseSync, dnKey: string): DirectoryObject[] {
  return readObjects(database, 'parent_key = ?', dnKey);
}

export function childIds(database: DatabaseSync, dnKey: string): number[] {
  const rows = database.prepare('SELECT id FROM objects WHERE parent_key = ? ORDER BY dn_key').all(dnKey);
  return rows.map((row) => row['id'] as number);
}

/** Objects with this value, as it is looked up. */
export function idsWithValue(database: DatabaseSync, name: string, value: string | Uint8Array): number[] {
  const lower = name.toLowerCase();
  const rows = database
    .prepare('SELECT DISTINCT object FROM attribute_values WHERE name = ? AND key = ? ORDER BY object')
    .all(lower, keyOf(lower, value));
  return rows.map((row) => row['object'] as number);
}

function currentValues(database: DatabaseSync, id: number, name: string): Values {
  const rows = database
    .prepare('SELECT value FROM attribute_values WHERE object = ? AND name = ? ORDER BY position')
    .all(id, name);
  return rows.map((row) => row['value'] as string | Uint8Array);
}

function isSameValue(name: string, a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === 'string' && typeof b === 'string')
    return a === b || (NAME_SYNTAX.has(name) && nameKey(a) === nameKey(b));
  return typeof a !== 'string' && typeof b !== 'string' && isSameBytes(a, b);
}

function replaceValues(database: DatabaseSync, id: number, attribute: string, values: Values): void {
  const { name, spelling } = checkAttribute(attribute);
  database.prepare('DELETE FROM attribute_values WHERE object = ? AND name = ?').run(id, name);
  const distinct = values.filter(
    (value, index) => values.findIndex((other) => isSameValue(name, value, other)) === index,
  );
  for (const [position, value] of distinct.entries()) insertValue(database, { id, name, spelling, position }, value);
}

function insertValue(
  database: DatabaseSync,
  { id, name, spelling, position }: { id: number; name: string; spelling: string; position: number },
  value: string | Uint8Array,
): void {
  const key = keyOf(name, value);
  if (UNIQUE.has(name)) {
    const taken = database
      .prepare('SELECT dn FROM attribute_values JOIN objects ON id = object WHERE name = ? AND key = ? AND id <> ?')
      .get(name, key, id);
    if (taken)
      throw hresult('ERROR_ALREADY_EXISTS', `${taken['dn'] as string} has this ${spelling}.`, {
        hint: 'choose another',
      });
  }
  database
    .prepare('INSERT INTO attribute_values (object, name, position, spelling, value, key) VALUES (?, ?, ?, ?, ?, ?)')
    .run(id, name, position, spelling, value, key);
}

function hasValue(database: DatabaseSync, id: number, name: string, value: string | Uint8Array): boolean {
  const rows = database
    .prepare('SELECT value FROM attribute_values WHERE name = ? AND key = ? AND object = ?')
    .all(name, keyOf(name, value), id);
  return rows.some((row) => isSameValue(name, value, row['value'] as string | Uint8Array));
}

function checkNaming(rdn: RelativeDistinguishedName, attributes: ReadonlyMap<string, Values>): void {
  for (const [attribute, values] of attributes) {
    if (attribute.toLowerCase() !== rdn.type.toLowerCase()) continue;
    if (values.length !== 1 || values[0] !== rdn.value)
      throw hresult('ERROR_INVALID_PARAMETER', `${attribute} is not the ${rdn.value} its name says`);
  }
}

/** Adds the object with a GUID and its naming attributes. The parent must be there unless `isRoot`. */
export function insertObject(
  database: DatabaseSync,
  distinguishedName: string,
  attributes: ReadonlyMap<string, Values>,
  objectGUID: Uint8Array,
  isRoot = false,
): number {
  const parts = parseDistinguishedName(distinguishedName);
  const rdn = parts[0]!;
  const dnKey = distinguishedNameKey(parts);
  const parentKey = distinguishedNameKey(parts.slice(1));
  if (findId(database, dnKey) !== undefined)
    throw hresult('ERROR_ALREADY_EXISTS', `${distinguishedName} is there already.`, { hint: 'choose another name' });
  const parent = findId(database, parentKey);
  if (!isRoot && parent === undefined) throw hresult('ERROR_DS_OBJ_NOT_FOUND', formatDistinguishedName(parts.slice(1)));
  checkNaming(rdn, attributes);
  // The parent's own spelling is kept, so that a tree reads alike.
  const parentRow = parent === undefined ? undefined : readDn(database, parent);
  const dn =
    parentRow === undefined ? formatDistinguishedName(parts) : `${formatDistinguishedName([rdn])},${parentRow}`;
  const inserted = database
    .prepare('INSERT INTO objects (dn, dn_key, parent_key) VALUES (?, ?, ?)')
    .run(dn, dnKey, parentKey);
  const id = Number(inserted.lastInsertRowid);
  const given = new Map([...attributes].map(([name, values]) => [name.toLowerCase(), values] as const));
  const type = rdn.type.toLowerCase();
  if (!given.has(type)) replaceValues(database, id, type, [rdn.value]);
  if (!given.has('name')) replaceValues(database, id, 'name', [rdn.value]);
  if (!given.get('objectguid')?.length) replaceValues(database, id, 'objectGUID', [objectGUID]);
  for (const [attribute, values] of attributes) if (values.length > 0) replaceValues(database, id, attribute, values);
  return id;
}

function readDn(database: DatabaseSync, id: number): string {
  return database.prepare('SELECT dn FROM objects WHERE id = ?').get(id)?.['dn'] as string;
}

export function replaceAttributes(database: DatabaseSync, id: number, attributes: ReadonlyMap<string, Values>): void {
  checkNaming(parseDistinguishedName(readDn(database, id))[0]!, attributes);
  for (const [attribute, values] of attributes)
    if (attribute.toLowerCase() === 'objectguid' && values.length !== 1)
      throw hresult('ERROR_INVALID_PARAMETER', 'an object keeps one objectGUID');
  for (const [attribute, values] of attributes) replaceValues(database, id, attribute, values);
}

/** The values that are there stay as they are: a person may hold thousands of certificates. */
export function addValues(database: DatabaseSync, id: number, attribute: string, values: Values): void {
  const { name, spelling } = checkAttribute(attribute);
  // With a maximum, the other columns are those of its row.
  const last = database
    .prepare('SELECT max(position) AS position, spelling FROM attribute_values WHERE object = ? AND name = ?')
    .get(id, name);
  const kept = (last?.['spelling'] as string | null | undefined) ?? spelling;
  let position = (last?.['position'] as number | null | undefined) ?? -1;
  for (const value of values) {
    if (hasValue(database, id, name, value)) continue;
    position += 1;
    insertValue(database, { id, name, spelling: kept, position }, value);
  }
}

export function removeValues(database: DatabaseSync, id: number, attribute: string, values: Values): void {
  const { name } = checkAttribute(attribute);
  const left = currentValues(database, id, name).filter(
    (value) => !values.some((other) => isSameValue(name, value, other)),
  );
  replaceValues(database, id, attribute, left);
}

/** Throws ERROR_DS_OBJ_NOT_FOUND, and ERROR_DIR_NOT_EMPTY where objects are below it. Groups lose it as a member. */
export function deleteObject(database: DatabaseSync, distinguishedName: string): void {
  const dnKey = nameKey(distinguishedName);
  const id = findId(database, dnKey);
  if (id === undefined) throw hresult('ERROR_DS_OBJ_NOT_FOUND', distinguishedName);
  if (childIds(database, dnKey).length > 0) throw hresult('ERROR_DIR_NOT_EMPTY', distinguishedName);
  for (const name of NAME_SYNTAX)
    database.prepare('DELETE FROM attribute_values WHERE name = ? AND key = ?').run(name, dnKey);
  database.prepare('DELETE FROM objects WHERE id = ?').run(id);
}
