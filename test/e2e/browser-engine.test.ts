/** The web engine in headless Chromium: its whole suite there, and an exchange with the node engine here. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { build } from 'esbuild';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import { engineSuite } from '#pki/crypto/engine.suite';
import { nodeEngine } from '#pki/crypto/node/engine';
import { CIPHER, type Given, type Results, SCHEMES, SIGNED, TRANSPORTS } from './browser-exchange.ts';

const DEADLINE = 120_000;

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser-engine.page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'chrome120',
  });
  return outputFiles[0]!.text;
}

/** Serves the page and what it is given until it posts its results. */
async function browse(script: string, given: Given): Promise<Results> {
  const profile = mkdtempSync(join(tmpdir(), 'certhaven-chromium-'));
  const posted = Promise.withResolvers<Results>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const send = (type: string, body: string) => response.setHeader('content-type', type).end(body);
    if (request.url === '/page.js') send('text/javascript', script);
    else if (request.url === '/given') send('application/json', JSON.stringify(given));
    else if (request.url === '/results') {
      posted.resolve(JSON.parse(await text(request)) as Results);
      response.end();
    } else send('text/html', '<!doctype html><script type="module" src="/page.js"></script>');
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(posted.reject);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const chromium = spawn(
    'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
      ...[`--user-data-dir=${profile}`, `http://localhost:${(server.address() as AddressInfo).port}/`],
    ],
    // What it leaves in the temporary directory goes with its profile.
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: profile } },
  );
  let complaints = '';
  chromium.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaints += part;
  });
  const closed = new Promise<void>((resolve) => {
    chromium.once('close', () => resolve()).once('error', () => resolve());
  });
  chromium.once('error', posted.reject);
  chromium.once('exit', (code) => posted.reject(new Error(`chromium ended with ${code}\n${complaints}`)));
  const timer = setTimeout(() => posted.reject(new Error(`no results\n${complaints}`)), DEADLINE);
  try {
    return await posted.promise;
  } finally {
    clearTimeout(timer);
    chromium.kill();
    await closed;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

test('the web engine keeps its contract in Chromium, and understands the node engine both ways', async () => {
  const rsaPkcs8 = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 2048 });
  const ecPkcs8 = await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' });
  const rsa = await nodeEngine.importPrivateKey(rsaPkcs8);
  const ec = await nodeEngine.importPrivateKey(ecPkcs8);
  const peer = await nodeEngine.importPrivateKey(await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' }));
  const contentKey = nodeEngine.random(CIPHER.keyLength);
  const content = nodeEngine.random(1000);
  const sealedContent = await nodeEngine.encrypt(CIPHER, contentKey, new Uint8Array(16), content);
  const sealedKeys = TRANSPORTS.map((transport) => nodeEngine.wrapKey(transport, rsa.publicKey, contentKey));

  const results = await browse(await bundlePage(), {
    rsaPkcs8: formatHex(rsaPkcs8),
    ecPkcs8: formatHex(ecPkcs8),
    ecPeer: formatHex(peer.publicKey),
    sealedKeys: (await Promise.all(sealedKeys)).map(formatHex),
    contentKey: formatHex(contentKey),
    sealedContent: formatHex(sealedContent),
  });

  assert.deepEqual(results.faults, []);
  assert.match(results.userAgent, /Chrome/);
  assert.equal(results.checks, engineSuite(nodeEngine).length);
  assert.deepEqual(results.openedKeys, [formatHex(contentKey), formatHex(contentKey)]);
  assert.equal(results.openedContent, formatHex(content));
  assert.equal(results.agreed, formatHex(await peer.agree(ec.publicKey)));
  const ecdsa = { name: 'ecdsa', digest: 'sha256' } as const;
  assert.equal(await nodeEngine.verify(ecdsa, ec.publicKey, SIGNED, parseHex(results.ecSignature)), true);
  for (const [i, scheme] of SCHEMES.entries()) {
    assert.equal(await nodeEngine.verify(scheme, rsa.publicKey, SIGNED, parseHex(results.signatures[i]!)), true);
  }
  for (const [i, transport] of TRANSPORTS.entries()) {
    assert.deepEqual(await rsa.unwrapKey(transport, parseHex(results.sealedKeys[i]!), SIGNED.length), SIGNED);
  }
});
