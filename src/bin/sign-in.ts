/** Signing in at a joined CA: a password, or the use of a certificate's key, for a token, which is all that is kept. */
import { hresult, isHresult } from '#hresult/hresult-error';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import type { Account, AccountApi } from '#wire/account';
import { ACCOUNT_METHODS } from '#wire/account';
import { remoteCalls } from '#wire/client/remote-calls';
import { type ServiceAddress, ServiceClient } from '#wire/client/service-client';
import { setCurrentAccount } from './account.ts';
import { learnCertificates } from './joined-authorities.ts';
import type { JoinedMachine } from './joined-machine.ts';
import { addSignIn, removeSignIn } from './sign-ins.ts';

/** Throws ERROR_LOGON_FAILURE, ERROR_ACCOUNT_LOCKED_OUT. Commands run as this account from now on. */
export async function signIn(
  machine: JoinedMachine,
  config: string | undefined,
  name: string,
  password: string,
): Promise<{ readonly account: Account; readonly expires: Date }> {
  return signInWith(machine, config, {
    authorization: `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`,
  });
}

/** With the first key of a PFX whose certificate this CA has issued. Throws what opening it throws, CRYPT_E_NOT_FOUND. */
export async function signInWithPfx(
  machine: JoinedMachine,
  config: string | undefined,
  pfx: Uint8Array,
  password: string,
): ReturnType<typeof signIn> {
  const contents = await openPfx(pfx, password, nodeEngine);
  try {
    const pair = pairKeys(contents).pairs.find(({ certificates }) => certificates.length > 0);
    if (pair === undefined) throw hresult('CRYPT_E_NOT_FOUND', 'The PFX holds no key with its certificate.');
    return await signInWith(machine, config, {
      identity: {
        key: encodePem('PRIVATE KEY', pair.key.pkcs8),
        cert: encodePem('CERTIFICATE', pair.certificates[0]!.certificate),
      },
    });
  } finally {
    for (const { pkcs8 } of contents.keys) pkcs8.fill(0);
  }
}

async function signInWith(
  machine: JoinedMachine,
  named: string | undefined,
  shown: Pick<ServiceAddress, 'authorization' | 'identity'>,
): ReturnType<typeof signIn> {
  const { home } = machine;
  const joined = machine.find(named);
  const { url, trust, config } = joined;
  const person = machine.isDefault(joined) ? undefined : (await machine.caller()).sid;
  const { token, expires } = await accountAt({ url, trust: [trust], ...shown }, (calls) =>
    calls.issueToken(`certhaven on ${home.machineName}`),
  );
  const account = await accountAt({ url, trust: [trust], authorization: `Bearer ${token}` }, (calls) => calls.whoami());
  await learnCertificates(home, joined);
  const added = { config, account, ...(person && { person }), token, expires: expires.toISOString() };
  const replaced = await addSignIn(home, added);
  if (person === undefined) await setCurrentAccount(home, account.accountName);
  if (replaced) await endToken({ url, trust: [trust] }, replaced.token);
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

/** At the CA; nothing is left to do where it has ended there already, or its account was disabled. */
async function endToken(address: ServiceAddress, token: string): Promise<void> {
  try {
    await accountAt({ ...address, authorization: `Bearer ${token}` }, (calls) => calls.signOut());
  } catch (error) {
    if (!isHresult(error, 'ERROR_LOGON_FAILURE') && !isHresult(error, 'ERROR_ACCOUNT_DISABLED')) throw error;
  }
}

/** The token ends at the CA too. Answers the account. */
export async function signOut(machine: JoinedMachine, config: string | undefined): Promise<string> {
  const joined = machine.find(config);
  const found = await machine.signIn(joined);
  const { url, trust } = joined;
  await endToken({ url, trust: [trust] }, found.token);
  await removeSignIn(machine.home, found);
  return found.account.accountName;
}
