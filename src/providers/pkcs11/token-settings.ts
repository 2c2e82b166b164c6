/** `providers.json`: the key storage providers over PKCS #11 tokens that a machine has, by name. It never holds a PIN. */
import { isAbsolute } from 'node:path';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { findProvider } from '../names.ts';
import type { PinSource } from './pin.ts';

export interface TokenSettings {
  /** e.g. `PKCS#11 ca-token Key Storage Provider`. */
  readonly name: string;
  /** Absolute path of the module, a shared library. */
  readonly module: string;
  /** The token's label: slots change their numbers. */
  readonly token: string;
  readonly pin: PinSource;
  /** How many operations the token is given at once. */
  readonly sessions: number;
  /** How many seconds one call of the module may take, `DEFAULT_TIMEOUT` where it is left out; ten times as many to make a key. */
  readonly timeout?: number;
  /** In place of the SID of the machine or the user, in the labels of keys; empty for labels without an owner. */
  readonly owner?: string;
}

export const DEFAULT_SESSIONS = 4;
const MOST_SESSIONS = 64;
/** In seconds: longer than devices on a network try another way for, and shorter than whoever waits for a certificate. */
export const DEFAULT_TIMEOUT = 60;
const LONGEST_TIMEOUT = 3600;
/** CK_TOKEN_INFO.label. */
const LABEL_BYTES = 32;

/** Throws ERROR_INVALID_DATA for a file that says anything but these settings. */
export async function readTokenSettings(path: string): Promise<readonly TokenSettings[]> {
  const hint = `mend ${path} by hand, or remove it and add the providers again: certhaven provider add`;
  const content = await readJsonFile<unknown>(path, hint);
  if (content === undefined) return [];
  const bad = (detail: string) => hresult('ERROR_INVALID_DATA', `${path}: ${detail}.`, { hint });
  const listed = isRecord(content) ? content['pkcs11'] : undefined;
  if (!Array.isArray(listed)) throw bad('there is no list "pkcs11"');
  const settings = listed.map((entry: unknown, index) =>
    settingsOf(entry, (detail) => bad(`entry ${index}: ${detail}`)),
  );
  settings.forEach(({ name }, index) => {
    if (settings.findIndex((other) => isSameName(other.name, name)) < index) throw bad(`${name} is there twice`);
  });
  return settings;
}

export async function writeTokenSettings(path: string, settings: readonly TokenSettings[]): Promise<void> {
  await writeJsonFile(path, { pkcs11: settings });
}

/** Names of providers, as Windows compares them. */
export function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** Throws what `bad` makes of the first thing that is wrong. */
export function requireTokenSettings(settings: TokenSettings, bad: (detail: string) => HresultError): void {
  const { name, module, token, pin, sessions, timeout = DEFAULT_TIMEOUT } = settings;
  if (name.trim() !== name || name === '' || name.length > 260 || /[\p{Cc}]/u.test(name)) {
    throw bad(`"${name}" is no name of a provider`);
  }
  if (findProvider(name) !== undefined) throw bad(`${name} is a provider of Windows`);
  if (!isAbsolute(module)) throw bad(`the module ${module} is named by no absolute path`);
  if (token === '' || Buffer.byteLength(token) > LABEL_BYTES) throw bad(`"${token}" is no label of a token`);
  if ('file' in pin && !isAbsolute(pin.file)) throw bad(`the file ${pin.file} is named by no absolute path`);
  if (!Number.isInteger(sessions) || sessions < 1 || sessions > MOST_SESSIONS) {
    throw bad(`${sessions} sessions; 1 to ${MOST_SESSIONS} are possible`);
  }
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT) {
    throw bad(`a timeout of ${timeout} seconds; 1 to ${LONGEST_TIMEOUT} are possible`);
  }
}

function settingsOf(entry: unknown, bad: (detail: string) => HresultError): TokenSettings {
  if (!isRecord(entry)) throw bad('it is no object');
  const text = (key: string) => {
    const value = entry[key];
    if (typeof value === 'string') return value;
    throw bad(`"${key}" is no text`);
  };
  const { pin, sessions = DEFAULT_SESSIONS, timeout, owner } = entry;
  if (typeof sessions !== 'number') throw bad('"sessions" is no number');
  if (timeout !== undefined && typeof timeout !== 'number') throw bad('"timeout" is no number');
  if (owner !== undefined && typeof owner !== 'string') throw bad('"owner" is no text');
  const settings: TokenSettings = {
    name: text('name'),
    module: text('module'),
    token: text('token'),
    pin: pinSourceOf(pin, bad),
    sessions,
    ...(timeout !== undefined && { timeout }),
    ...(owner !== undefined && { owner }),
  };
  requireTokenSettings(settings, bad);
  return settings;
}

function pinSourceOf(value: unknown, bad: (detail: string) => HresultError): PinSource {
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { file, environment, prompt } = value;
    if (typeof file === 'string') return { file };
    if (typeof environment === 'string') return { environment };
    if (prompt === true) return { prompt };
  }
  throw bad('"pin" says where the PIN is, and holds none: { "file": … }, { "environment": … } or { "prompt": true }');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
