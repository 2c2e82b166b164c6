/** The engine beside node:crypto called by hand: what the contract costs over the operation itself. */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  sign as signData,
  verify as verifyData,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyParameters, SignatureScheme } from '#pki/crypto/engine';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { type Contender, each, inFlight } from './measure.ts';
import { compare } from './report.ts';

const WIDTH = 8;
const signOnPool = promisify(signData);
const data = engine.random(1500);

/** One after the other, each awaited. */
function serially(once: () => Promise<unknown>): Contender['perform'] {
  return inFlight(1, once);
}

async function signAndVerify(name: string, parameters: KeyParameters, scheme: SignatureScheme): Promise<void> {
  const pkcs8 = await engine.generateKey(parameters);
  const key = await engine.importPrivateKey(pkcs8);
  const rawKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const spki = { key: Buffer.from(key.publicKey), format: 'der', type: 'spki' } as const;
  const rawPublicKey = createPublicKey(spki);
  const signature = await key.sign(scheme, data);

  await compare(`${name}: signatures, ${WIDTH} in flight`, [
    { name: 'nodeEngine', perform: inFlight(WIDTH, () => key.sign(scheme, data)) },
    { name: 'node:crypto on the pool', perform: inFlight(WIDTH, () => signOnPool(scheme.digest, data, rawKey)) },
    { name: 'node:crypto on the main thread', perform: each(() => signData(scheme.digest, data, rawKey)) },
  ]);
  await compare(`${name}: verifications from the encoded public key`, [
    { name: 'nodeEngine', perform: serially(() => engine.verify(scheme, key.publicKey, data, signature)) },
    {
      name: 'node:crypto, key decoded each time',
      perform: each(() => verifyData(scheme.digest, data, createPublicKey(spki), signature)),
    },
    {
      name: 'node:crypto, key decoded once',
      perform: each(() => verifyData(scheme.digest, data, rawPublicKey, signature)),
    },
  ]);
}

await signAndVerify('RSA-2048', { type: 'rsa', modulusLength: 2048 }, { name: 'rsa-pkcs1', digest: 'sha256' });
await signAndVerify('ECDSA P-256', { type: 'ec', curve: 'P-256' }, { name: 'ecdsa', digest: 'sha256' });

const pkcs8 = await engine.generateKey({ type: 'rsa', modulusLength: 2048 });
const key = await engine.importPrivateKey(pkcs8);
const rawKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
const wrapped = await engine.wrapKey({ name: 'rsa-pkcs1' }, key.publicKey, engine.random(32));
await compare('RSA-2048: a key unwrapped', [
  { name: 'nodeEngine', perform: serially(() => key.unwrapKey({ name: 'rsa-pkcs1' }, wrapped, 32)) },
  {
    name: 'node:crypto, bare operation',
    perform: each(() => privateDecrypt({ key: rawKey, padding: constants.RSA_NO_PADDING }, wrapped)),
  },
]);
await compare('RSA-2048: a private key taken in', [
  { name: 'nodeEngine', perform: serially(() => engine.importPrivateKey(pkcs8)) },
  {
    name: 'node:crypto, unchecked',
    perform: each(() => createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })),
  },
]);
