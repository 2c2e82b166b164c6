/**
 * PKCS #10 to issued certificate, in process: every check, both records of record-before-sign and the audit chain in a
 * database on disk. Held against what cannot be saved: one signature of the CA's key, and a durable commit.
 */
import { formatHresult } from '#hresult/format';
import type { KeyParameters } from '#pki/crypto/engine';
import { newKey, pkcs10 } from '#test/support/requester';
import { openBenchAuthority, WIDTH } from './authority.ts';
import { inFlight } from './measure.ts';
import { compare, percent } from './report.ts';

async function issue(name: string, algorithm: KeyParameters): Promise<void> {
  const authority = await openBenchAuthority(algorithm);
  try {
    const { world, signatures, commits } = authority;
    const { engine } = world.ports;
    await world.publish('User');
    const request = await pkcs10(engine, await newKey(engine));
    const submit = (fullResponse: boolean) => async () => {
      const { disposition, dispositionMessage, statusCode } = await authority.next().submit({
        request,
        attributes: 'CertificateTemplate:User',
        fullResponse,
      });
      if (disposition !== 'issued') throw new Error(`${dispositionMessage} ${formatHresult(statusCode)}`);
    };
    const [, , signed, committed] = await compare(
      `${name}: requests, ${WIDTH} in flight`,
      [
        { name: 'PKCS #10 to certificate', perform: inFlight(WIDTH, submit(false)) },
        { name: 'the same with a signed CMC response', perform: inFlight(WIDTH, submit(true)) },
        signatures,
        commits,
      ],
      { rounds: 7, milliseconds: 600 },
    );
    const limit = Math.max(signed!.ratio, committed!.ratio);
    console.log(
      `  beside the key alone: ${percent(signed!.ratio)}; beside the narrower of key and disk: ${percent(limit)}`,
    );
  } finally {
    await authority.close();
  }
}

await issue('RSA-2048', { type: 'rsa', modulusLength: 2048 });
await issue('P-256', { type: 'ec', curve: 'P-256' });
