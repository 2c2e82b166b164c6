/**
 * A whole archival, in process: CMC request in; key opened, proven, sealed to a recovery agent, recorded; certificate and
 * CMC response signed and out. Held against the private-key operations that it cannot do without, all RSA-2048: the exchange
 * key unwraps, the archived key answers its challenge, the CA signs the certificate and the response.
 */
import { formatHresult } from '#hresult/format';
import { archivalRequest, newKey } from '#test/support/requester';
import { openBenchAuthority, WIDTH } from './authority.ts';
import { inFlight } from './measure.ts';
import { compare, percent } from './report.ts';

const TEMPLATE = 'ArchiveEFS';
/** More than the engine keeps the public keys of. */
const REQUESTS = 96;

const authority = await openBenchAuthority({ type: 'rsa', modulusLength: 2048 });
try {
  const { world, commits } = authority;
  const { engine } = world.ports;
  await world.enrollAgents(['kra1'], 1);
  await world.publishArchivalTemplate(TEMPLATE);
  const exchange = (await authority.next().exchangeCertificate()).certificate;
  const requests = await Promise.all(
    Array.from({ length: REQUESTS }, async () => archivalRequest(engine, await newKey(engine), exchange, TEMPLATE)),
  );
  let turn = 0;
  const key = await newKey(engine);
  const transported = await engine.wrapKey({ name: 'rsa-pkcs1' }, key.key.publicKey, engine.random(32));
  const { current } = world.authority;
  const toBeSigned = engine.random(1400);

  const archive = async () => {
    const { disposition, dispositionMessage, statusCode } = await authority
      .next()
      .submit({ request: requests[turn++ % REQUESTS]!, attributes: '' });
    if (disposition !== 'issued') throw new Error(`${dispositionMessage} ${formatHresult(statusCode)}`);
  };
  /** The same operations in the same form, in threads, and nothing else. */
  const operations = async () => {
    await key.key.unwrapKey({ name: 'rsa-pkcs1' }, transported, 32);
    await key.key.unwrapKey({ name: 'rsa-pkcs1' }, transported, 32);
    await current.key.sign(current.scheme, toBeSigned);
    await current.key.sign(current.scheme, toBeSigned);
  };
  const [, needed, committed] = await compare(
    `archivals, ${WIDTH} in flight`,
    [
      { name: 'CMC request to sealed key, certificate and response', perform: inFlight(WIDTH, archive) },
      { name: 'the four private-key operations alone', perform: inFlight(WIDTH, operations) },
      commits,
    ],
    { rounds: 7, milliseconds: 600 },
  );
  const limit = Math.max(needed!.ratio, committed!.ratio);
  console.log(
    `  beside the operations alone: ${percent(needed!.ratio)}; beside the narrower of keys and disk: ${percent(limit)}`,
  );
} finally {
  await authority.close();
}
