/** Runs in the browser: the engine's suite, and its half of an exchange with the node engine. */

import { formatHex, parseHex } from '#pki/asn1/bytes';
import { engineSuite } from '#pki/crypto/engine.suite';
import { webEngine } from '#pki/crypto/web/engine';
import { CIPHER, type Given, type Results, SCHEMES, SIGNED, TRANSPORTS } from './browser-exchange.ts';

const engine = webEngine(globalThis.crypto);

async function runSuite(): Promise<{ readonly faults: readonly string[]; readonly checks: number }> {
  const faults: string[] = [];
  const checks = engineSuite(engine);
  for (const check of checks) {
    try {
      await check.run();
    } catch (error) {
      faults.push(`${check.name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return { faults, checks: checks.length };
}

async function exchange(given: Given): Promise<Omit<Results, 'faults' | 'checks'>> {
  const rsa = await engine.importPrivateKey(parseHex(given.rsaPkcs8));
  const ec = await engine.importPrivateKey(parseHex(given.ecPkcs8));
  const openedKeys = TRANSPORTS.map((transport, i) =>
    rsa.unwrapKey(transport, parseHex(given.sealedKeys[i]!), CIPHER.keyLength),
  );
  const sealedKeys = TRANSPORTS.map((transport) => engine.wrapKey(transport, rsa.publicKey, SIGNED));
  const signatures = SCHEMES.map((scheme) => rsa.sign(scheme, SIGNED));
  const content = engine.decrypt(CIPHER, parseHex(given.contentKey), new Uint8Array(16), parseHex(given.sealedContent));
  return {
    userAgent: navigator.userAgent,
    signatures: (await Promise.all(signatures)).map(formatHex),
    ecSignature: formatHex(await ec.sign({ name: 'ecdsa', digest: 'sha256' }, SIGNED)),
    openedKeys: (await Promise.all(openedKeys)).map(formatHex),
    sealedKeys: (await Promise.all(sealedKeys)).map(formatHex),
    agreed: formatHex(await ec.agree(parseHex(given.ecPeer))),
    openedContent: formatHex(await content),
  };
}

async function run(): Promise<Partial<Results>> {
  try {
    const given = (await (await fetch('/given')).json()) as Given;
    return { ...(await exchange(given)), ...(await runSuite()) };
  } catch (error) {
    return { faults: [String(error instanceof Error ? error.stack : error)] };
  }
}

await fetch('/results', { method: 'POST', body: JSON.stringify(await run()) });
