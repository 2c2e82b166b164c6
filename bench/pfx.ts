/**
 * A PFX of 1,000 keys and their certificates, opened and its keys paired with their certificates, beside OpenSSL reading the same
 * file in a process of its own. Elliptic curve keys: to make as many of RSA takes longer than anything measured here. Each form
 * has the iterations that -exportPFX gives it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wipe } from '#pki/crypto/engine';
import { createNodeEngine } from '#pki/crypto/node/engine';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import { sealPfx } from '#pki/pkcs12/seal';
import { makeHolder, P256 } from '#test/support/recovery-ca';
import { inFlight } from './measure.ts';
import { compare } from './report.ts';

const KEYS = 1000;
const PASSWORD = 'Flowerpot-3';

const engine = createNodeEngine();
const folder = mkdtempSync(join(tmpdir(), 'certhaven-bench-'));
try {
  const ca = await makeHolder({ subject: 'CN=CA', role: 'ca', parameters: P256 });
  const holders = [];
  for (let n = 0; n < KEYS; n++) {
    holders.push(await makeHolder({ subject: `CN=user${n}`, role: 'user', issuer: ca, parameters: P256 }));
  }
  const contents = {
    keys: holders.map(({ pkcs8 }, n) => ({ pkcs8, attributes: keyBagAttributes(attributesOf(n)) })),
    certificates: [...holders, ca].map(({ certificate }, n) => ({
      certificate: certificate.raw,
      attributes: n < KEYS ? certBagAttributes(attributesOf(n)) : [],
    })),
  };
  for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
    const pfx = await sealPfx(contents, PASSWORD, { algorithm }, engine);
    const path = join(folder, `${algorithm}.p12`);
    writeFileSync(path, pfx);
    const open = async () => {
      const opened = await openPfx(pfx, PASSWORD, engine);
      const { pairs } = pairKeys(opened);
      wipe(...opened.keys.map(({ pkcs8 }) => pkcs8));
      if (pairs.filter(({ certificates }) => certificates.length === 1).length !== KEYS) throw new Error('not paired');
    };
    const openssl = async () => {
      execFileSync('openssl', ['pkcs12', '-in', path, '-noenc', '-passin', `pass:${PASSWORD}`], { stdio: 'pipe' });
    };
    await compare(
      `${algorithm}, ${KEYS} keys, ${Math.round(pfx.length / 1024)} KiB`,
      [
        { name: 'ours', perform: inFlight(1, open) },
        { name: 'openssl pkcs12, its start included', perform: inFlight(1, openssl) },
      ],
      { rounds: 5, milliseconds: 1 },
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

function attributesOf(n: number) {
  return { localKeyId: windowsLocalKeyId(n + 1), friendlyName: `key ${n}` };
}
