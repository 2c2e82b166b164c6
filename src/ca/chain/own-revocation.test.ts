/** A CA below another one: what the parent says of it. Its own CRL: `ca/policy/own-revocation.test.ts`, through requests. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { type CrlPlan, type Entity, issue, issueCrl } from '#test/support/x509-hierarchy';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { OwnRevocation } from './own-revocation.ts';

const DAY = 86_400_000;
const CDP = 'http://root.contoso.com/root.crl';
let world: AuthorityWorld;
let root: Entity;
/** The world's CA, as if the root had certified it. */
let subordinate: Authority;
/** What lies at the distribution point. */
let served: Uint8Array | undefined;

before(async () => {
  world = await AuthorityWorld.create();
  const own = world.authority.current;
  root = await issue({ subject: 'CN=Root', cA: true });
  const fullName = [{ type: 'uniformResourceIdentifier', value: CDP }] as const;
  const { certificate } = await issue({
    subject: formatName(own.certificate.tbsCertificate.subject),
    subjectPublicKeyInfo: own.certificate.tbsCertificate.subjectPublicKeyInfo.raw,
    serialNumber: Uint8Array.of(7),
    issuer: root,
    cA: true,
    extensions: [encodeExtension(EXTENSIONS.cRLDistributionPoints, [{ distributionPoint: { fullName } }])],
  });
  const current = { ...own, certificate };
  const stores = {
    ...world.ports.stores,
    list: async (store: string) => (store === 'Root' ? [{ certificate: root.certificate.raw, key: undefined }] : []),
  };
  const retriever = { retrieve: async (url: string) => (url === CDP ? served : undefined) };
  subordinate = {
    ...world.authority,
    current,
    certificates: [{ ...world.authority.certificates[0]!, certificate }],
    ports: { ...world.ports, stores, retriever },
  };
});
after(() => world.close());

/** Current for the week that begins `days` from now. */
async function crlOfRoot(days: number, plan: CrlPlan = {}): Promise<Uint8Array> {
  const at = (day: number) => new Date(world.now.getTime() + day * DAY);
  return (await issueCrl(root, { thisUpdate: at(days), nextUpdate: at(days + 7), ...plan })).raw;
}

const required = async () =>
  new OwnRevocation().require(subordinate, await readConfiguration(subordinate.ports.database));

test('with a current CRL of its parent it issues', async () => {
  served = await crlOfRoot(-1);
  await required();
});

test('without one, or with one that ended: 0x80092013', async () => {
  served = undefined;
  await assert.rejects(required(), { symbol: 'CRYPT_E_REVOCATION_OFFLINE' });
  served = await crlOfRoot(-8);
  await assert.rejects(required(), { symbol: 'CRYPT_E_REVOCATION_OFFLINE' });
});

test('revoked by its parent: 0x80092010', async () => {
  const revoked = { userCertificate: Uint8Array.of(7), revocationDate: new Date(world.now.getTime() - DAY) };
  served = await crlOfRoot(-1, { revokedCertificates: [{ ...revoked, crlEntryExtensions: [] }] });
  await assert.rejects(required(), { symbol: 'CRYPT_E_REVOKED' });
});
