/** Who has signed in from this home at which CA: the token, and what is known of the account without asking. */
import { join } from 'node:path';
import { makePrivateDirectory } from '#files/durable-file';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import type { Account } from '#wire/account';
import type { Home } from './home.ts';

export interface SignIn {
  /** `HOST\CA`. */
  readonly config: string;
  readonly account: Account;
  /** Whose it is, where the CA is not the default one: the SID of his account at that. */
  readonly person?: string;
  readonly token: string;
  /** ISO 8601. */
  readonly expires: string;
}

export async function readSignIns(home: Home): Promise<readonly SignIn[]> {
  const file = path(home);
  return (await readJsonFile<SignIn[]>(file, `remove ${file}, and sign in anew: certhaven sign-in`)) ?? [];
}

/** Takes the place of the same person's at the same CA, which is answered. */
export async function addSignIn(home: Home, added: SignIn): Promise<SignIn | undefined> {
  const known = await readSignIns(home);
  await write(home, [...known.filter((each) => !isSame(each, added)), added]);
  return known.find((each) => isSame(each, added));
}

export async function removeSignIn(home: Home, removed: SignIn): Promise<void> {
  await write(
    home,
    (await readSignIns(home)).filter((each) => !isSame(each, removed)),
  );
}

function isSame(a: SignIn, b: SignIn): boolean {
  return a.config === b.config && (a.person ?? a.account.sid) === (b.person ?? b.account.sid);
}

/** Tokens open the CA as their owner: only he reads the file. */
async function write(home: Home, signIns: readonly SignIn[]): Promise<void> {
  await makePrivateDirectory(home.directory);
  await writeJsonFile(path(home), signIns);
}

function path(home: Home): string {
  return join(home.directory, 'sign-ins.json');
}
