/** Joining the CA of another machine. */
import { existsSync } from 'node:fs';
import type { FoundAuthority } from '#cli/certhaven/context';
import { hresult } from '#hresult/hresult-error';
import { type Home, paths } from './home.ts';
import { addJoinedAuthority, lookAtAuthority, verifyAuthority } from './joined-authorities.ts';
import { JoinedMachine } from './joined-machine.ts';
import type { Machine } from './machine.ts';

export async function findAuthority(url: string): Promise<FoundAuthority> {
  const { known, certificate } = await lookAtAuthority(url);
  return { config: known.config, domain: known.domain, certificate };
}

/**
 * The CA's certificate goes to the machine's trusted roots too, as group policy brings it to members of a domain. Throws
 * ERROR_ALREADY_EXISTS in a home that has a domain of its own.
 */
export async function joinAuthority(
  home: Home,
  machine: Machine | JoinedMachine,
  url: string,
  certificate: Uint8Array,
): Promise<FoundAuthority> {
  if (!(machine instanceof JoinedMachine) && existsSync(paths.directory(home))) await requireNoDomain(machine);
  const joined = await verifyAuthority(url, certificate);
  const stores = machine.keys.machineStores();
  for (const store of ['Root', 'CA']) await stores.open(store).add(certificate);
  await addJoinedAuthority(home, joined);
  return { config: joined.config, domain: joined.domain, certificate };
}

async function requireNoDomain(machine: Machine): Promise<void> {
  const directory = await machine.directory();
  if (!directory.isInstalled) return;
  throw hresult('ERROR_ALREADY_EXISTS', `This machine is in a domain of its own, ${directory.domain.dnsName}.`, {
    hint: 'set CERTHAVEN_HOME to another folder to join from',
  });
}
