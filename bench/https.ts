/**
 * Issue and archival over HTTPS: a service process with everything on, a client that signs in by token, many connections. The
 * load generator shares the machine's processors; what it takes is printed apart. Held against what cannot be saved.
 */
import type { KeyParameters } from '#pki/crypto/engine';
import { createNodeEngine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { archivalRequest, newKey, pkcs10 } from '#test/support/requester';
import { issuePipeline } from './issue-pipeline.ts';
import { inFlight } from './measure.ts';
import { compare, percent } from './report.ts';
import { CONNECTIONS, ServiceLoad } from './service-load.ts';

/** More than the engine keeps the public keys of. */
const REQUESTS = 96;
const EFFORT = { rounds: 7, milliseconds: 800 };
const engine = createNodeEngine({ threads: 2 });

async function issue(name: string, key: string, parameters: KeyParameters): Promise<void> {
  const load = await ServiceLoad.start(key);
  try {
    const requests = await Promise.all(
      Array.from({ length: REQUESTS }, async () => pkcs10(engine, await newKey(engine))),
    );
    const attributes = 'CertificateTemplate:User';
    const like = await load.submit({ request: requests[0]!, attributes, fullResponse: false });
    const signer = (await newKey(engine, parameters)).key;
    let turn = 0;
    await load.used();
    const [, alone] = await compare(
      `${name}: requests over HTTPS, ${CONNECTIONS} connections`,
      [
        load.submitting(
          'PKCS #10 to certificate',
          requests.map((request) => load.submission({ request, attributes, fullResponse: false })),
        ),
        issuePipeline(engine, signer, defaultScheme(signer.publicKey), CONNECTIONS, {
          like: like.certificate!,
          next: () => requests[turn++ % REQUESTS]!,
        }),
      ],
      EFFORT,
    );
    console.log(`  beside parse, verify, build and sign alone: ${percent(alone!.ratio)}`);
    console.log(await load.report());
  } finally {
    await load.close();
  }
}

async function archive(): Promise<void> {
  const load = await ServiceLoad.start('RSA:2048');
  try {
    const exchange = Buffer.from(load.served.exchangeCertificate, 'base64');
    const requests = await Promise.all(
      Array.from({ length: REQUESTS }, async () =>
        archivalRequest(engine, await newKey(engine), new Uint8Array(exchange), 'ArchiveEFS'),
      ),
    );
    const { key } = await newKey(engine);
    const transported = await engine.wrapKey({ name: 'rsa-pkcs1' }, key.publicKey, engine.random(32));
    const toBeSigned = engine.random(1400);
    /** What an archival needs: the exchange key unwraps, the archived key answers, certificate and response are signed. */
    const operations = async () => {
      await key.unwrapKey({ name: 'rsa-pkcs1' }, transported, 32);
      await key.unwrapKey({ name: 'rsa-pkcs1' }, transported, 32);
      await key.sign({ name: 'rsa-pkcs1', digest: 'sha256' }, toBeSigned);
      await key.sign({ name: 'rsa-pkcs1', digest: 'sha256' }, toBeSigned);
    };
    await load.used();
    const [, needed] = await compare(
      `RSA-2048: archivals over HTTPS, ${CONNECTIONS} connections`,
      [
        load.submitting(
          'CMC request to sealed key, certificate and response',
          requests.map((request) => load.submission({ request, attributes: '' })),
        ),
        { name: 'the four private-key operations alone', perform: inFlight(CONNECTIONS, operations) },
      ],
      EFFORT,
    );
    console.log(`  beside the operations alone: ${percent(needed!.ratio)}`);
    console.log(await load.report());
  } finally {
    await load.close();
  }
}

await issue('RSA-2048', 'RSA:2048', { type: 'rsa', modulusLength: 2048 });
await issue('RSA-4096', 'RSA:4096', { type: 'rsa', modulusLength: 4096 });
await issue('P-256', 'ECDSA_P256', { type: 'ec', curve: 'P-256' });
await archive();
await engine.close();
