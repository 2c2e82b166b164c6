/** Signing in at a joined CA: a password for a token, which is all that is kept. */
import { isHresult } from '#hresult/hresult-error';
import type { Account, AccountApi } from '#wire/account';
import { ACCOUNT_METHODS } from '#wire/account';
import { remoteCalls } from '#wire/client/remote-calls';
import { type ServiceAddress, ServiceClient } from '#wire/client/service-client';
import { setCurrentAccount } from './account.ts';
import type { JoinedMachine } from './joined-machine.ts';
import { addSignIn, removeSignIn } from './sign-ins.ts';

/** Throws ERROR_LOGON_FAILURE, ERROR_ACCOUNT_LOCKED_OUT. Commands run as this account from now on. */
export async function signIn(
  machine: JoinedMachine,
  name: string,
  password: string,
): Promise<{ readonly account: Account; readonly expires: Date }> {
  const { home } = machine;
  const { url, trust, config } = machine.find(undefined);
  const authorization = `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;
  const { token, expires } = await accountAt({ url, trust: [trust], authorization }, (calls) =>
    calls.issueToken(`certhaven on ${home.machineName}`),
  );
  const account = await accountAt({ url, trust: [trust], authorization: `Bearer ${token}` }, (calls) => calls.whoami());
  await addSignIn(home, { config, account, token, expires: expires.toISOString() });
  await setCurrentAccount(home, account.accountName);
  return { account, expires };
}

async function accountAt<T>(address: ServiceAddress, use: (calls: AccountApi) => Promise<T>): Promise<T> {
  const client = new ServiceClient(address);
  try {
    return await use(remoteCalls<AccountApi>(client, 'account', ACCOUNT_METHODS));
  } finally {
    client.close();
  }
}

/** The token ends at the CA too; one that has ended there already is only forgotten. Answers the account. */
export async function signOut(machine: JoinedMachine): Promise<string> {
  const joined = machine.find(undefined);
  const found = await machine.signIn(joined);
  const calls = await machine.account();
  try {
    await calls.signOut();
  } catch (error) {
    if (!isHresult(error, 'ERROR_LOGON_FAILURE')) throw error;
  }
  await removeSignIn(machine.home, found);
  return found.account.accountName;
}
