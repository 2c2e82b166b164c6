import { configString } from '#ca/authority';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { installRootCa } from '#ca/install/install';
import { startAuthority, stopAuthority } from '#ca/install/start';
import { publishCaCertificate } from '#ca/publish/publish-ca-certificate';
import type { NewAuthority } from '#cli/certhaven/context';
import { HresultError } from '#hresult/hresult-error';
import { paths } from './home.ts';
import type { Machine } from './machine.ts';

/** Installs a root CA with its first CRL on the machine and answers its `HOST\CA`. */
export async function installAuthority(machine: Machine, wanted: NewAuthority): Promise<string> {
  const installer = await machine.caller();
  const ports = await machine.authorityPorts(true);
  try {
    await installRootCa(ports, installer, {
      caType: wanted.caType,
      subject: wanted.subject,
      validity: { unit: 'Years', count: wanted.years },
      provider: wanted.provider,
      key: wanted.key,
      hashAlgorithm: wanted.hash,
      serverName: machine.home.machineName,
      description: wanted.description,
      certEnrollDirectory: paths.certEnroll(machine.home),
    });
    const authority = await startAuthority(ports, { announce: false });
    // Clients check the exchange certificate against a CRL: without a first one nobody could archive a key. Of a CA that was
    // elsewhere before it would take the place of the last one, and lack what was revoked there.
    if (!('container' in wanted.key && wanted.key.certificate)) await publishBaseCrl(authority, installer.accountName);
    await publishCaCertificate(authority, installer.accountName);
    if (authority.enterprise) await joinDomain(machine);
    await stopAuthority(authority, { announce: false });
    return configString(authority);
  } catch (error) {
    await ports.database.close();
    throw error;
  }
}

/** The CA works under its machine's account, which templates grant rights to: document 004, "CA Exchange Certificate Generation". */
async function joinDomain(machine: Machine): Promise<void> {
  const directory = await machine.directory();
  try {
    await directory.addComputer({ dNSHostName: machine.home.machineName });
  } catch (error) {
    // It is there already, or its name is none that an account can have; then the machine is as any authenticated user.
    if (!(error instanceof HresultError)) throw error;
  }
}
