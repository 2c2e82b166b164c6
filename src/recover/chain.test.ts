import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { nodeEngine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Holder, makeHolder, P256 } from '#test/support/recovery-ca';
import { buildChain, endsInRoot } from './chain.ts';

const LONG_AGO = new Date('2001-01-01T00:00:00Z');

let root: Holder;
let ca: Holder;
let user: Holder;
before(async () => {
  root = await makeHolder({ subject: 'CN=Root', role: 'ca', parameters: P256 });
  ca = await makeHolder({ subject: 'CN=CA', role: 'ca', issuer: root, parameters: P256, notAfter: LONG_AGO });
  user = await makeHolder({ subject: 'CN=user', role: 'user', issuer: ca, parameters: P256 });
});

const chain = async (...candidates: readonly Holder[]) => {
  const found = await buildChain(
    user.certificate,
    candidates.map(({ certificate }) => certificate),
    nodeEngine,
  );
  return found.map(({ raw }) => raw);
};
const raw = (...holders: readonly Holder[]) => holders.map(({ certificate }) => certificate.raw);

describe('buildChain', () => {
  it('goes up to the root, past certificates that ran out, whatever the order', async () => {
    assert.deepEqual(await chain(root, user, ca), raw(user, ca, root));
    assert.equal(await endsInRoot([user.certificate, root.certificate], nodeEngine), true);
  });

  it('ends where the issuer is not known', async () => {
    assert.deepEqual(await chain(root), raw(user));
    assert.deepEqual(await chain(ca), raw(user, ca));
    assert.equal(await endsInRoot([user.certificate, ca.certificate], nodeEngine), false);
  });

  it('takes the issuer by signature, not by name', async () => {
    const impostor = await makeHolder({ subject: 'CN=CA', role: 'ca', issuer: root, parameters: P256 });
    assert.deepEqual(await chain(impostor, ca, root), raw(user, ca, root));
    assert.deepEqual(await chain(impostor, root), raw(user));
  });

  it('takes the newer certificate of a CA that renewed with its key', async () => {
    const renewed = await makeHolder({ subject: 'CN=CA', role: 'ca', issuer: root, sameKeyAs: ca });
    assert.deepEqual(await chain(ca, renewed, root), raw(user, renewed, root));
  });

  it('does not go round in circles of cross certificates', async () => {
    const one = await makeHolder({ subject: 'CN=CA', role: 'ca', issuer: root, sameKeyAs: ca });
    const crossed = await makeHolder({ subject: 'CN=Root', role: 'ca', issuer: one, sameKeyAs: root });
    const found = await chain(one, crossed);
    assert.deepEqual(found, raw(user, one, crossed));
  });

  it('passes over an issuer whose key cannot be tried', async () => {
    const bytes = ca.certificate.raw.slice();
    const curve = Buffer.from(bytes).indexOf(Buffer.from('2a8648ce3d030107', 'hex'));
    bytes[curve + 7]! = 0x0f;
    const found = await buildChain(user.certificate, [decodeCertificate(bytes)], nodeEngine);
    assert.equal(found.length, 1);
  });
});
