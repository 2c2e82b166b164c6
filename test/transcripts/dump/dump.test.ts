/** `certutil -dump` on a machine without a CA, a domain and keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { CertutilPorts } from '#cli/certutil/context';
import { runCertutil } from '#cli/certutil/main';
import type { Console } from '#cli/io/console';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { NO_OTHER_STORES } from '#test/support/no-stores';
import { runTranscript } from '#test/support/transcript';

const nobody = async () => {
  throw hresult('ERROR_NO_SUCH_DOMAIN');
};

const unavailable = async () => {
  throw hresult('RPC_S_SERVER_UNAVAILABLE');
};

const portsOf = (console: Console): CertutilPorts => ({
  console,
  machineName: 'station.test',
  clock: { now: () => new Date('2026-11-21T08:00:00Z') },
  engine: async () => nodeEngine,
  directory: nobody,
  ...NO_OTHER_STORES,
  stores: async (machine) =>
    machine ? openCertificateStores({ directory: join(import.meta.dirname, 'no-stores') }) : nobody(),
  providers: nobody,
  authorities: async () => [],
  connect: unavailable,
  configuration: unavailable,
});

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));
for (const file of files.sort()) {
  test(file, async () => {
    await runTranscript(readFileSync(join(import.meta.dirname, file), 'utf8'), {
      certutil: (argv, console) => runCertutil(argv, portsOf(console)),
    });
  });
}
