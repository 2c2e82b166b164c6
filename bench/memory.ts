/** What the service holds after 100,000 certificates: it must be what it holds after the first ten thousand. */
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { newKey, pkcs10 } from '#test/support/requester';
import { ServiceLoad } from './service-load.ts';

const CERTIFICATES = 100_000;
const STEP = 10_000;

const load = await ServiceLoad.start('ECDSA_P256');
try {
  const requests = await Promise.all(Array.from({ length: 96 }, async () => pkcs10(engine, await newKey(engine))));
  const contender = load.submitting(
    'issue',
    requests.map((request) =>
      load.submission({ request, attributes: 'CertificateTemplate:User', fullResponse: false }),
    ),
  );
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0).padStart(5)} MB`;
  console.log('certificates   heap in use    process   a second');
  for (let issued = STEP; issued <= CERTIFICATES; issued += STEP) {
    const begun = performance.now();
    await contender.perform(STEP);
    const rate = STEP / ((performance.now() - begun) / 1000);
    const { heap, rss } = await load.used();
    console.log(
      `${String(issued).padStart(12)}   ${megabytes(heap)}      ${megabytes(rss)}   ${rate.toFixed(0).padStart(8)}`,
    );
  }
} finally {
  await load.close();
}
