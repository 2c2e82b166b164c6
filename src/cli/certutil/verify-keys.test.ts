import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { CRYPT_MACHINE_KEYSET } from '#certstore/ports/certificate-store';
import { formatHex } from '#pki/asn1/bytes';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { NO_OTHER_STORES } from '#test/support/no-stores';
import { TranscriptConsole } from '#test/support/transcript';
import { openTwin, TWIN_NOW } from '#test/support/twin-authority';
import { runCertutil } from './main.ts';

const KSP = 'Microsoft Software Key Storage Provider';
const directory = mkdtempSync(join(tmpdir(), 'verify-keys-'));
after(() => rmSync(directory, { recursive: true }));

/** A self-signed certificate by openssl and its private key as PKCS #8. */
function selfSigned(name: string): { certificate: Uint8Array; pkcs8: Uint8Array } {
  const path = (suffix: string) => join(directory, `${name}.${suffix}`);
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    path('key'),
    '-out',
    path('pem'),
    '-subj',
    `/CN=${name}`,
  );
  openssl('x509', '-in', path('pem'), '-outform', 'der', '-out', path('crt'));
  openssl('pkcs8', '-topk8', '-nocrypt', '-in', path('key'), '-outform', 'der', '-out', path('p8'));
  return { certificate: readFileSync(path('crt')), pkcs8: readFileSync(path('p8')) };
}

test('each certificate of the CA is held against its key: right, of another certificate, missing, gone from My', async () => {
  const providers = await openSoftwareProviders({
    directory: join(directory, 'keys'),
    machineKeyset: true,
    machineGuid: '039df928-0000-0000-0000-000000000000',
    engine: nodeEngine,
  });
  const stores = openCertificateStores({ directory: join(directory, 'stores') });
  const twin = await openTwin();
  const authority = await twin.connect(undefined);
  const add = async (name: string, keyOf: string | undefined) => {
    const { certificate } = selfSigned(name);
    if (keyOf !== undefined) {
      const { pkcs8 } = selfSigned(keyOf);
      const own = keyOf === name ? readFileSync(join(directory, `${name}.p8`)) : pkcs8;
      const policy = { exportable: false, archivable: false };
      (await providers.byName(KSP).importKey(own, { container: name, keySpec: 0, policy })).close();
    }
    const stored = keyOf === name ? readFileSync(join(directory, `${name}.crt`)) : certificate;
    const keyProvInfo = {
      container: name,
      provider: KSP,
      providerType: 0,
      flags: CRYPT_MACHINE_KEYSET,
      keySpec: 0 as const,
    };
    await stores.open('My').add(stored, { keyProvInfo });
    return formatHex(await nodeEngine.digest('sha1', stored));
  };
  const verify = async (...hashes: string[]) => {
    await authority.setRegistry({ path: '', name: 'CACertHash', value: { type: 'REG_MULTI_SZ', data: hashes } });
    const console = new TranscriptConsole(directory);
    const exit = await runCertutil(['-verifykeys'], {
      console,
      machineName: 'ca01.contoso.com',
      clock: { now: () => TWIN_NOW },
      engine: async () => nodeEngine,
      directory: async () => twin.directory,
      ...NO_OTHER_STORES,
      stores: async () => stores,
      providers: async () => providers,
      authorities: async () => [],
      connect: twin.connect,
      configuration: twin.configuration,
    });
    return { lines: console.output.trimEnd().split('\n'), exit };
  };

  const right = await add('Right CA', 'Right CA');
  // interfaces.md 1.3: `Key "CA" verifies as the public key for Certificate "CA" V0.0`.
  assert.deepEqual(await verify(right), {
    lines: [
      'Key "Right CA" verifies as the public key for Certificate "Right CA" V0.0',
      'CertUtil: -verifykeys command completed successfully.',
    ],
    exit: 0,
  });
  // A hash as Windows before 2016 wrote it, and the mark of a certificate that was taken away.
  assert.equal((await verify('-', right.replace(/..(?=.)/g, '$& ').toUpperCase())).exit, 0);

  const other = await add('Other CA', 'Somebody Else');
  const mismatch = await verify(right, other);
  assert.equal(mismatch.exit, 0x80090015);
  assert.match(mismatch.lines[1]!, /^ERROR: Certificate "Other CA" V0\.0: .*does NOT match stored keyset/);

  const missing = await add('Missing CA', undefined);
  assert.equal((await verify(missing)).exit, 0x80090016);
  assert.equal((await verify('00'.repeat(20))).exit, 0x80092004);
});
