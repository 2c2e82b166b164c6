/** The note a running service leaves in its home, so that commands there go through it: where it is, and a secret of this run. */
import { removeFile } from '#files/durable-file';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import { isHresult } from '#hresult/hresult-error';
import { ServiceClient } from '#wire/client/service-client';
import { localCredentials } from '#wire/server/local-scheme';
import { type Home, paths } from './home.ts';

export interface RunningService {
  readonly pid: number;
  /** On a loopback address. */
  readonly url: string;
  readonly serverName: string;
  /** PEM. */
  readonly trust: readonly string[];
  /** Base 64 URL. Whoever can read it can read the CA's keys too: both lie in the home. */
  readonly secret: string;
}

export async function writeServiceFile(home: Home, running: RunningService): Promise<void> {
  await writeJsonFile(paths.serviceFile(home), running);
}

export async function removeServiceFile(home: Home): Promise<void> {
  await removeFile(paths.serviceFile(home));
}

/** A client of the service that runs in this home; undefined where none answers, also after one that was killed. */
export async function runningService(
  home: Home,
  accountName: () => Promise<string>,
): Promise<ServiceClient | undefined> {
  const running = await readJsonFile<RunningService>(
    paths.serviceFile(home),
    `stop the service, and remove ${paths.serviceFile(home)}`,
  );
  if (running === undefined) return undefined;
  const { url, serverName, trust, secret } = running;
  const authorization = `Local ${localCredentials(Buffer.from(secret, 'base64url'), await accountName())}`;
  const client = new ServiceClient({ url, trust, serverName, authorization });
  try {
    await client.known();
    return client;
  } catch (error) {
    client.close();
    // Another program may have taken the port of one that was killed: it cannot show the CA's certificate.
    if (isHresult(error, 'RPC_S_SERVER_UNAVAILABLE') || isHresult(error, 'CERT_E_UNTRUSTEDROOT')) return undefined;
    throw error;
  }
}
