/** Certificates that gather on few accounts: the last thousand must be issued as fast as the first. */
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { newKey, pkcs10 } from '#test/support/requester';
import { ServiceLoad } from './service-load.ts';

const PEOPLE = 8;
const CERTIFICATES = 12_000;
const STEP = 1_000;

const load = await ServiceLoad.start('ECDSA_P256', PEOPLE);
try {
  const requests = await Promise.all(Array.from({ length: 96 }, async () => pkcs10(engine, await newKey(engine))));
  const contender = load.submitting(
    'issue',
    requests.map((request) =>
      load.submission({ request, attributes: 'CertificateTemplate:User', fullResponse: false }),
    ),
  );
  console.log('of each account   a second   processor time of the service a certificate');
  await load.used();
  for (let issued = STEP; issued <= CERTIFICATES; issued += STEP) {
    const begun = performance.now();
    await contender.perform(STEP);
    const rate = STEP / ((performance.now() - begun) / 1000);
    const { cpu } = await load.used();
    console.log(
      `${String(issued / PEOPLE).padStart(15)}   ${rate.toFixed(0).padStart(8)}   ${((cpu / STEP) * 1000).toFixed(2)} ms`,
    );
  }
} finally {
  await load.close();
}
