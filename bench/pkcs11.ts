/** Keys in a token of SoftHSM2 beside the same module called by hand, and keys in files beside node:crypto; how late the loop comes meanwhile. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as signData,
  verify as verifySignature,
} from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { digestInfo } from '#pki/crypto/digest-info';
import type { SignatureScheme } from '#pki/crypto/engine';
import type { ProviderAlgorithm, ProviderKey } from '#pki/crypto/key-provider';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { CKA, CKM, CKO, type Cryptoki, type Handle } from '#providers/pkcs11/cryptoki';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { softToken, TOKEN } from '../test/support/soft-token.ts';
import { type Contender, each, inFlight } from './measure.ts';
import { compare } from './report.ts';

const SESSIONS = 4;
/** As a service under load has them. */
const MANY = 32;
/** After so many, the threads of the provider have compiled what they do all the time. */
const WARM = 4000;
const OWNER = 'S-1-5-21-1-2-3';
const data = engine.random(1500);
const signOnPool = promisify(signData);

/** The functions of the package that the provider has no use for. */
interface AsyncCryptoki extends Cryptoki {
  C_SignAsync(session: Handle, data: Buffer, out: Buffer): Promise<Buffer>;
}

const soft = softToken();
const modules = new Pkcs11Modules(engine, async () => '', join(soft.directory, 'locks'));
const settings = { name: 'P', module: soft.module, token: TOKEN, pin: { file: soft.pinFile }, sessions: SESSIONS };
const ksp = modules.provider(settings, true, OWNER);
const software = await openSoftwareProviders({
  directory: join(soft.directory, 'keys'),
  machineKeyset: true,
  machineGuid: '6e4d3030-8aae-40f0-9282-d69ccdd4ff34',
  engine,
});

try {
  await measureKey('RSA-2048', { type: 'rsa', modulusLength: 2048 }, { name: 'rsa-pkcs1', digest: 'sha256' });
  await measureKey('RSA-4096', { type: 'rsa', modulusLength: 4096 }, { name: 'rsa-pkcs1', digest: 'sha256' });
  await measureKey('ECDSA P-256', { type: 'ec', curve: 'P-256' }, { name: 'ecdsa', digest: 'sha256' });
  await measureDecryption();
} finally {
  await modules.close();
  soft.remove();
}

async function measureKey(name: string, algorithm: ProviderAlgorithm, scheme: SignatureScheme): Promise<void> {
  const wanted = { container: name, algorithm, keySpec: 0, policy: { exportable: true, archivable: false } } as const;
  const key = await ksp.createKey(wanted);
  const inFile = await software.byName('KSP').createKey(wanted);
  const pkcs8 = await inFile.exportPkcs8();
  const rawKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const raw = rawSessions(key, scheme);

  await inFlight(SESSIONS, () => key.sign(scheme, data))(WARM);
  await compare(`${name}: signatures in a token, one after the other`, [
    { name: 'provider, each signature verified', perform: inFlight(1, () => key.sign(scheme, data)) },
    { name: 'PKCS #11 by hand, on the main thread', perform: each(() => raw.sign()) },
    { name: 'the same, each signature verified', perform: each(() => raw.signAndVerify()) },
  ]);
  await compare(`${name}: signatures in a token, ${SESSIONS} sessions`, [
    { name: 'provider, each signature verified', perform: inFlight(SESSIONS, () => key.sign(scheme, data)) },
    { name: "PKCS #11 by hand, on libuv's pool", perform: (count) => raw.onPool(count, false) },
    { name: 'the same, each signature verified', perform: (count) => raw.onPool(count, true) },
  ]);
  await compare(`${name}: signatures in a token, ${MANY} in flight, ${SESSIONS} sessions`, [
    { name: 'provider, each signature verified', perform: inFlight(MANY, () => key.sign(scheme, data)) },
    { name: "PKCS #11 by hand, on libuv's pool", perform: (count) => raw.onPool(count, false) },
    { name: 'the same, each signature verified', perform: (count) => raw.onPool(count, true) },
  ]);
  await compare(`${name}: signatures with a key file, ${SESSIONS} in flight`, [
    { name: 'software provider', perform: inFlight(SESSIONS, () => inFile.sign(scheme, data)) },
    { name: 'node:crypto on the pool', perform: inFlight(SESSIONS, () => signOnPool(scheme.digest, data, rawKey)) },
  ]);
  console.log(`\n${name}: time of processors that a signature in a token takes, with all threads (µs)`);
  for (const width of [1, SESSIONS, MANY]) {
    const own = inFlight(width, () => key.sign(scheme, data));
    await processorTime(`provider, each signature verified, ${width} in flight`, own);
  }
  const sign = each(() => raw.sign());
  await processorTime("PKCS #11 by hand, on libuv's pool", (count) => raw.onPool(count, false));
  await processorTime('PKCS #11 by hand, on the main thread', sign);
  await processorTime(
    'the same, each signature verified',
    each(() => raw.signAndVerify()),
  );
  console.log(`\n${name}: how late the event loop comes while the token signs (ms)`);
  await lateness(
    `provider, ${SESSIONS} sessions`,
    inFlight(SESSIONS, () => key.sign(scheme, data)),
  );
  await lateness('PKCS #11 by hand, on the main thread', sign);
}

async function measureDecryption(): Promise<void> {
  const algorithm = { type: 'rsa', modulusLength: 2048 } as const;
  const wanted = {
    container: 'exchange',
    algorithm,
    keySpec: 0,
    policy: { exportable: true, archivable: false },
  } as const;
  const key = await ksp.createKey(wanted);
  const inFile = await software.byName('KSP').createKey(wanted);
  const transport = { name: 'rsa-pkcs1' } as const;
  const sealed = await engine.wrapKey(transport, key.publicKey, engine.random(32));
  const sealedToFile = await engine.wrapKey(transport, inFile.publicKey, engine.random(32));
  await compare(`RSA-2048: keys unwrapped, ${SESSIONS} in flight`, [
    { name: 'provider over a token', perform: inFlight(SESSIONS, () => key.unwrapKey(transport, sealed, 32)) },
    { name: 'software provider', perform: inFlight(SESSIONS, () => inFile.unwrapKey(transport, sealedToFile, 32)) },
  ]);
}

/** Sessions of this thread with the same key: the provider has logged in for the whole process. */
function rawSessions(key: ProviderKey, scheme: SignatureScheme) {
  const cryptoki: AsyncCryptoki = new (createRequire(import.meta.url)('pkcs11js').PKCS11)();
  cryptoki.load(soft.module);
  const slot = cryptoki.C_GetSlotList(true).find((each) => cryptoki.C_GetTokenInfo(each).label.trim() === TOKEN)!;
  const sessions = Array.from({ length: SESSIONS }, () => cryptoki.C_OpenSession(slot, 6));
  const handles = sessions.map((session) => {
    cryptoki.C_FindObjectsInit(session, [
      { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
      { type: CKA.LABEL, value: `${OWNER}/${key.container}` },
    ]);
    const [found] = cryptoki.C_FindObjects(session, 1);
    cryptoki.C_FindObjectsFinal(session);
    return found!;
  });
  const mechanism = { mechanism: scheme.name === 'ecdsa' ? CKM.ECDSA : CKM.RSA_PKCS };
  const digest = createHash('sha256').update(data).digest();
  const signed = scheme.name === 'ecdsa' ? digest : Buffer.from(digestInfo('sha256', digest));
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  const sign = (): Buffer => {
    cryptoki.C_SignInit(sessions[0]!, mechanism, handles[0]!);
    return cryptoki.C_Sign(sessions[0]!, signed, Buffer.alloc(1024));
  };
  const verify = (signature: Buffer) =>
    verifySignature('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  return {
    sign,
    signAndVerify: () => verify(sign()),
    async onPool(count: number, verifies: boolean): Promise<void> {
      let begun = 0;
      await Promise.all(
        sessions.map(async (session, index) => {
          while (begun < count) {
            begun++;
            cryptoki.C_SignInit(session, mechanism, handles[index]!);
            const signature = await cryptoki.C_SignAsync(session, signed, Buffer.alloc(1024));
            if (verifies) verify(signature);
          }
        }),
      );
    },
  };
}

/** What other work on the machine does to it is little. */
async function processorTime(name: string, perform: Contender['perform']): Promise<void> {
  await perform(200);
  const before = process.cpuUsage();
  await perform(1000);
  const { user, system } = process.cpuUsage(before);
  console.log(`  ${name.padEnd(52)} ${((user + system) / 1000).toFixed(0).padStart(10)}`);
}

async function lateness(name: string, perform: Contender['perform']): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (const end = performance.now() + 3000; performance.now() < end; ) {
    await perform(50);
    // So that what holds the loop shows: a timer that is due comes in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  delay.disable();
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  console.log(
    `  ${name.padEnd(52)} p50 ${ms(delay.percentile(50))}  p99 ${ms(delay.percentile(99))}  max ${ms(delay.max)}`,
  );
}
