/**
 * PKCS #10 to issued certificate, in process: every check, both records of record-before-sign and the audit chain in a
 * database on disk. Held against what cannot be saved: one signature of the CA's key; the same with the request parsed and
 * verified and the certificate built around it; a durable commit. Every request has a key of its own, as in life.
 */
import { formatHresult } from '#hresult/format';
import type { KeyParameters } from '#pki/crypto/engine';
import { newKey, pkcs10 } from '#test/support/requester';
import { openBenchAuthority, WIDTH } from './authority.ts';
import { issuePipeline } from './issue-pipeline.ts';
import { inFlight } from './measure.ts';
import { compare, percent } from './report.ts';

/** More than the engine keeps the public keys of. */
const REQUESTS = 96;

async function issue(name: string, algorithm: KeyParameters): Promise<void> {
  const authority = await openBenchAuthority(algorithm);
  try {
    const { world, signatures, commits } = authority;
    const { engine } = world.ports;
    await world.publish('User');
    const requests = await Promise.all(
      Array.from({ length: REQUESTS }, async () => pkcs10(engine, await newKey(engine))),
    );
    let turn = 0;
    const next = () => requests[turn++ % REQUESTS]!;
    const submit = async (fullResponse: boolean) => {
      const { disposition, dispositionMessage, statusCode, certificate } = await authority.next().submit({
        request: next(),
        attributes: 'CertificateTemplate:User',
        fullResponse,
      });
      if (disposition !== 'issued') throw new Error(`${dispositionMessage} ${formatHresult(statusCode)}`);
      return certificate!;
    };
    const like = await submit(false);
    const [, , alone, signed, committed] = await compare(
      `${name}: requests, ${WIDTH} in flight`,
      [
        { name: 'PKCS #10 to certificate', perform: inFlight(WIDTH, () => submit(false)) },
        { name: 'the same with a signed CMC response', perform: inFlight(WIDTH, () => submit(true)) },
        issuePipeline(engine, world.authority.current.key, world.authority.current.scheme, WIDTH, { like, next }),
        signatures,
        commits,
      ],
      { rounds: 7, milliseconds: 600 },
    );
    console.log(
      `  beside parse, verify, build and sign alone: ${percent(alone!.ratio)}; beside the key alone: ${percent(signed!.ratio)}; ` +
        `beside one-row commits: ${percent(committed!.ratio)}`,
    );
  } finally {
    await authority.close();
  }
}

await issue('RSA-2048', { type: 'rsa', modulusLength: 2048 });
await issue('RSA-4096', { type: 'rsa', modulusLength: 4096 });
await issue('P-256', { type: 'ec', curve: 'P-256' });
