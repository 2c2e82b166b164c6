import { createHash } from 'node:crypto';
import { configString } from '#ca/authority';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { installRootCa } from '#ca/install/install';
import { startAuthority, stopAuthority } from '#ca/install/start';
import { publishCaCertificate } from '#ca/publish/publish-ca-certificate';
import type { CerthavenPorts, NewAuthority } from '#cli/certhaven/context';
import type { Console } from '#cli/io/console';
import { hresult } from '#hresult/hresult-error';
import type { EcCurve } from '#pki/crypto/engine';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import { parseName } from '#pki/x509/name-text';
import { type Home, paths, setCurrentAccount } from './home.ts';
import { writeLaunchers } from './launchers.ts';
import { Machine } from './machine.ts';

export function certhavenPorts(home: Home, console: Console): CerthavenPorts {
  const machine = new Machine(home);
  return {
    console,
    machineName: home.machineName,
    homeDirectory: home.directory,
    directory: () => machine.directory(),
    caller: () => machine.caller(),
    installDomain: async (dnsName, netbiosName) => (await machine.directory()).install(dnsName, netbiosName),
    installAuthority: (authority) => installAuthority(machine, authority),
    connect: (config) => machine.connect(config),
    auditEntries: async function* () {
      const { database } = await machine.authorityPorts();
      try {
        yield* database.audit();
      } finally {
        await database.close();
      }
    },
    sha256: (data) => createHash('sha256').update(data).digest(),
    setAccount: (accountName) => setCurrentAccount(home, accountName),
    link: writeLaunchers,
  };
}

async function installAuthority(machine: Machine, wanted: NewAuthority): Promise<string> {
  const installer = await machine.caller();
  const ports = await machine.authorityPorts(true);
  try {
    await installRootCa(ports, installer, {
      caType: wanted.caType,
      subject: parseName(wanted.subject),
      validity: { unit: 'Years', count: wanted.years },
      provider: wanted.provider,
      algorithm: parseAlgorithm(wanted.key),
      hashAlgorithm: wanted.hash,
      serverName: machine.home.machineName,
      description: wanted.description,
      certEnrollDirectory: paths.certEnroll(machine.home),
    });
    const authority = await startAuthority(ports, { announce: false });
    // Clients check the exchange certificate against a CRL: without a first one nobody could archive a key.
    await publishBaseCrl(authority, installer.accountName);
    await publishCaCertificate(authority, installer.accountName);
    await stopAuthority(authority, { announce: false });
    return configString(authority);
  } catch (error) {
    await ports.database.close();
    throw error;
  }
}

/** `RSA:3072`, `ECDSA_P256`. */
function parseAlgorithm(text: string): ProviderAlgorithm {
  const rsa = /^RSA(?::([0-9]{3,5}))?$/i.exec(text);
  if (rsa) return { type: 'rsa', modulusLength: Number(rsa[1] ?? 3072) };
  const ec = /^EC(?:DSA)?_P-?(256|384|521)$/i.exec(text);
  if (ec) return { type: 'ec', curve: `P-${ec[1]}` as EcCurve };
  throw hresult('NTE_BAD_ALGID', `--key ${text} is neither RSA:bits nor ECDSA_P256, ECDSA_P384, ECDSA_P521.`);
}
