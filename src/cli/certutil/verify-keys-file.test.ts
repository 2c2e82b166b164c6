import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { KeyStation, KSP, STRONG } from '#test/support/key-station';
import { type Holder, makeHolder } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';
import { OptionValues } from '../io/option.ts';
import type { CertutilContext } from './context.ts';
import type { CertutilOption } from './options.ts';
import { verifyKeysFile } from './verify-keys-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-verifykeys-'));
const station = new KeyStation();
after(() => {
  rmSync(folder, { recursive: true, force: true });
  station.remove();
});

let ca: Holder;
let other: Holder;
let container: string;
before(async () => {
  ca = await makeHolder({ subject: 'CN=Contoso CA', role: 'ca' });
  other = await makeHolder({ subject: 'CN=Other CA', role: 'ca' });
  for (const [name, { certificate }] of Object.entries({ ca, other })) {
    writeFileSync(join(folder, `${name}.crt`), certificate.raw);
  }
  ({ container } = await station.install(ca, { machine: true, provider: STRONG, keySpec: 2 }));
});

async function run(name: string, file: string, ...options: [CertutilOption, string][]): Promise<string[]> {
  const lines: string[] = [];
  const context = {
    console: new TranscriptConsole(folder),
    options: new OptionValues(options),
    engine: async () => nodeEngine,
    stores: station.stores,
    providers: station.providers,
    out: (line = '') => lines.push(line),
  } as unknown as CertutilContext;
  await verifyKeysFile(context, name, file);
  return lines;
}

describe('verifyKeysFile', () => {
  it('finds the key whatever its provider', async () => {
    const expected = [`Key "${container}" verifies as the public key for Certificate "Contoso CA"`];
    assert.deepEqual(await run(container, 'ca.crt'), expected);
    assert.deepEqual(await run(container, 'ca.crt', ['csp', STRONG]), expected);
  });

  it('tells another key and no key apart', async () => {
    await assert.rejects(run(container, 'other.crt'), (error) => isHresult(error, 'NTE_BAD_KEY'));
    await assert.rejects(run('gone', 'ca.crt'), (error) => isHresult(error, 'NTE_BAD_KEYSET'));
    await assert.rejects(run(container, 'ca.crt', ['csp', KSP]), (error) => isHresult(error, 'NTE_BAD_KEYSET'));
    await assert.rejects(run(container, 'ca.crt', ['user', '']), (error) => isHresult(error, 'NTE_BAD_KEYSET'));
  });

  it('takes the unique name of a container', async () => {
    const { uniqueName } = (await (await station.providers(true)).byName(STRONG).listKeys()).find(
      (key) => key.container === container,
    )!;
    assert.match((await run(uniqueName, 'ca.crt'))[0]!, /verifies as the public key/);
  });

  it('looks at each provider that has the container', async () => {
    const ksp = (await station.providers(true)).byName(KSP);
    const policy = { exportable: false, archivable: false };
    (await ksp.importKey(other.pkcs8, { container, keySpec: 0, policy })).close();
    for (const file of ['ca.crt', 'other.crt']) {
      assert.match((await run(container, file))[0]!, /verifies as the public key/, file);
    }
    await assert.rejects(run(container, 'ca.crt', ['csp', KSP]), (error) => isHresult(error, 'NTE_BAD_KEY'));
  });
});
