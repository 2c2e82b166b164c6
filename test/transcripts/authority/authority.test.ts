/** The verbs that talk to a CA, against a twin of fixed data: what they print, to the letter. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { openPublishedStore } from '#certstore/published-store';
import type { CerthavenPorts } from '#cli/certhaven/context';
import { runCerthaven } from '#cli/certhaven/main';
import { runCertutil } from '#cli/certutil/main';
import type { Console } from '#cli/io/console';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { NO_OTHER_STORES } from '#test/support/no-stores';
import { runTranscript } from '#test/support/transcript';
import { openTwin, TWIN_CONFIG, TWIN_NOW } from '#test/support/twin-authority';

// Local time is part of what is printed.
process.env['TZ'] = 'UTC';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));
for (const file of files.sort()) {
  test(file, async () => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    const officer = await openTwin();
    const mallory = await openTwin({ isOfficer: false });
    const tool = (twin: typeof officer) => (argv: readonly string[], console: Console) =>
      runCertutil(argv, {
        console,
        machineName: 'ca01.contoso.com',
        clock: { now: () => TWIN_NOW },
        engine: async () => nodeEngine,
        directory: async () => twin.directory,
        ...NO_OTHER_STORES,
        publishedStore: async (url) => openPublishedStore(twin.directory, url),
        stores: async () => openCertificateStores({ directory: '/nonexistent' }),
        providers: async () => {
          throw hresult('NTE_PROVIDER_DLL_FAIL');
        },
        authorities: async () => (text.includes('# several CAs') ? [TWIN_CONFIG, 'ca02.contoso.com\\Other CA'] : []),
        connect: twin.connect,
        configuration: twin.configuration,
      });
    const certhaven = (argv: readonly string[], console: Console) => {
      const ports: Pick<CerthavenPorts, 'console' | 'configuration'> = {
        console,
        configuration: officer.configuration,
      };
      return runCerthaven(argv, ports as CerthavenPorts);
    };
    await runTranscript(text, {
      certutil: tool(officer),
      certhaven,
      mallory: tool(mallory),
    });
  });
}
