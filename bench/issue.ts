/**
 * PKCS #10 to issued certificate, in process: every check, both records of record-before-sign and the audit chain in a
 * database on disk. Held against what cannot be saved: one signature of the CA's key; the same with the request parsed and
 * verified and the certificate built around it; a durable commit. Every request has a key of its own, as in life.
 */
import { formatHresult } from '#hresult/format';
import type { KeyParameters } from '#pki/crypto/engine';
import { buildTbsCertificate, decodeCertificate, signCertificate } from '#pki/x509/certificate';
import { decodeCertificationRequest, isSignedByOwnKey } from '#pki/x509/certification-request';
import { newKey, pkcs10 } from '#test/support/requester';
import { type BenchAuthority, openBenchAuthority, WIDTH } from './authority.ts';
import { type Contender, inFlight } from './measure.ts';
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
        pipeline(authority, like, next),
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

/** What every CA has to do for a certificate, without policy, records, audit and checks of what it made. */
function pipeline({ world }: BenchAuthority, like: Uint8Array, next: () => Uint8Array): Contender {
  const { engine } = world.ports;
  const { key, scheme } = world.authority.current;
  const { issuer, validity, extensions } = decodeCertificate(like).tbsCertificate;
  const once = async () => {
    const request = decodeCertificationRequest(next());
    if (!(await isSignedByOwnKey(request, engine))) throw new Error('a request was not signed by its key');
    const { subject, subjectPKInfo } = request.certificationRequestInfo;
    const toBeSigned = buildTbsCertificate({
      serialNumber: engine.random(16),
      signature: scheme,
      issuer,
      validity,
      subject,
      subjectPublicKeyInfo: subjectPKInfo.raw,
      extensions,
    });
    return signCertificate(toBeSigned, scheme, key);
  };
  return { name: 'parse, verify, build and sign alone', perform: inFlight(WIDTH, once) };
}

await issue('RSA-2048', { type: 'rsa', modulusLength: 2048 });
await issue('RSA-4096', { type: 'rsa', modulusLength: 4096 });
await issue('P-256', { type: 'ec', curve: 'P-256' });
