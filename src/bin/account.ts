/** Who is at a machine. */
import { join } from 'node:path';
import { makePrivateDirectory, readWholeFile, replaceFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import type { Home } from './home.ts';

const ACCOUNT_LIMIT = 1024;

/**
 * The account a command runs as: CERTHAVEN_USER, else the one `certhaven logon` set, else the domain's Administrator.
 * Whoever can read the home directory is its administrator already; naming an account is for playing several people on one
 * machine, as runas is, and guards nothing.
 */
export async function currentAccount(
  home: Home,
  netbiosName: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return (await namedAccount(home, environment)) ?? `${netbiosName}\\Administrator`;
}

/** Undefined where nobody was named. */
export async function namedAccount(
  home: Home,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const named = environment['CERTHAVEN_USER'];
  if (named) return named;
  const stored = await readWholeFile(join(home.directory, 'account'), ACCOUNT_LIMIT);
  return stored && new TextDecoder().decode(stored).trim();
}

export async function setCurrentAccount(home: Home, accountName: string): Promise<void> {
  if (/[\r\n]/.test(accountName)) throw hresult('ERROR_INVALID_NAME', 'An account name is one line.');
  await makePrivateDirectory(home.directory);
  await replaceFile(join(home.directory, 'account'), new TextEncoder().encode(`${accountName}\n`));
}
