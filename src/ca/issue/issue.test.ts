import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeDer, octetString } from '#pki/asn1/der-writer';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { parseName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { newKey } from '#test/support/requester';
import { readConfiguration } from '../config/configuration.ts';
import { EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import { authorityExtensions } from './authority-extensions.ts';
import { issueCertificate } from './issue.ts';

test('a certificate that its column could not take is neither recorded nor signed', async () => {
  const world = await AuthorityWorld.create();
  try {
    const { authority, ports } = world;
    const { key } = await newKey(engine);
    const configuration = await readConfiguration(ports.database);
    const long = ['1.2.3.1', '1.2.3.2', '1.2.3.3', '1.2.3.4'].map((extnID) => ({
      extnID,
      critical: false,
      extnValue: encodeDer(octetString(new Uint8Array(4000))),
      origin: EXTENSION_ORIGIN.POLICY,
    }));
    const plan = {
      subject: parseName('CN=Long'),
      subjectPublicKeyInfo: key.publicKey,
      validity: { notBefore: world.now, notAfter: new Date(world.now.getTime() + 86_400_000) },
      extensions: [...(await authorityExtensions(authority, configuration, key.publicKey, true)), ...long],
      template: undefined,
      upn: undefined,
    };
    const before = await world.state();
    const record = { requestId: await ports.database.nextRequestId(), before: [], after: () => [], isPublished: false };
    await assert.rejects(issueCertificate(authority, plan, record), { symbol: 'CERTSRV_E_ENCODING_LENGTH' });
    assert.deepEqual(await world.state(), before);
  } finally {
    await world.close();
  }
});
