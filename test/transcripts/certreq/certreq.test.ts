/**
 * The transcripts of certreq: one CA that issues, waits and denies by the name of the template, one user and one machine
 * with real stores and keys, and a clock that stands still.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CertreqPorts } from '#cli/certreq/context';
import { runCertreq } from '#cli/certreq/main';
import type { Console } from '#cli/io/console';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { CLIENT, Enrollee } from '#test/support/enrollee';
import { FakeAuthority } from '#test/support/fake-authority';
import { runTranscript } from '#test/support/transcript';
import { NOW } from '#test/support/x509-hierarchy';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

describe('certreq', () => {
  const time = process.env['TZ'];
  before(() => {
    process.env['TZ'] = 'UTC';
  });
  after(() => {
    if (time === undefined) delete process.env['TZ'];
    else process.env['TZ'] = time;
  });

  for (const file of files.sort()) {
    it(file, async () => {
      const enrollee = new Enrollee();
      try {
        const ca = await FakeAuthority.create();
        const retriever = await ca.retriever();
        await enrollee.ports(retriever, ca.root.certificate.raw);
        const text = readFileSync(join(import.meta.dirname, file), 'utf8');
        // Two CAs are known where the file asks for a choice.
        const known = text.includes('# several CAs') ? [ca.config, 'ca2.contoso.com\\Other CA'] : [ca.config];
        const ports = (console: Console): CertreqPorts => ({
          console,
          clock: { now: () => NOW },
          engine: async () => nodeEngine,
          authorities: async () => known,
          connect: async (config) => {
            if (config.toLowerCase() === ca.config.toLowerCase()) return ca;
            throw hresult('RPC_S_SERVER_UNAVAILABLE', config);
          },
          stores: async (machine) => enrollee.stores(machine),
          providers: (machineKeyset) => enrollee.providers(machineKeyset),
          retriever: async () => retriever,
          clientInfo: async () => CLIENT,
        });
        await runTranscript(text, { certreq: (argv, console) => runCertreq(argv, ports(console)) });
      } finally {
        enrollee.remove();
      }
    });
  }
});
