import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type EmbeddedDirectory, openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { parsePlace } from './place.ts';
import { createPublisher } from './publisher.ts';
import { createRetriever } from './retriever.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-publish-'));
const CRL = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x07);
let directory: EmbeddedDirectory;
let server: Server;
let origin: string;

before(async () => {
  directory = openEmbeddedDirectory({ path: ':memory:' });
  await directory.install('contoso.com', 'CONTOSO');
  server = createServer((request, response) => {
    if (request.url === '/list.crl') response.end(CRL);
    else if (request.url === '/silent') return;
    else response.writeHead(404).end('nothing');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  server.close();
  await directory.close();
});

const ldap = (host = '') =>
  `ldap://${host}/CN=Contoso%20CA,CN=ca01,CN=CDP,CN=Public%20Key%20Services,CN=Services,${directory.configurationDN}?certificateRevocationList?base?objectClass=cRLDistributionPoint`;

test('where a publication URL leads', () => {
  assert.deepEqual(parsePlace('/ca/x.crl'), { kind: 'file', path: '/ca/x.crl' });
  assert.deepEqual(parsePlace('file:///ca/a%20b.crl'), { kind: 'file', path: '/ca/a b.crl' });
  assert.deepEqual(parsePlace('HTTP://ca01/x.crl'), { kind: 'http', url: 'HTTP://ca01/x.crl' });
  assert.deepEqual(parsePlace('ldap:///CN=A%20B,DC=c?cACertificate;binary?base?objectClass=certificationAuthority'), {
    kind: 'ldap',
    distinguishedName: 'CN=A B,DC=c',
    attribute: 'cACertificate',
    objectClass: 'certificationAuthority',
  });
  assert.throws(() => parsePlace('ftp://ca01/x.crl'), { symbol: 'ERROR_NOT_SUPPORTED' });
  for (const relative of ['x.crl', 'CertEnroll/x.crl']) {
    assert.throws(() => parsePlace(relative), { symbol: 'ERROR_INVALID_NAME' });
  }
  assert.throws(() => parsePlace('file://elsewhere/x.crl'), { symbol: 'ERROR_BAD_NETPATH' });
  assert.throws(() => parsePlace('ldap:///CN=%zz?x'), { symbol: 'ERROR_INVALID_NAME' });
});

test('a file is made with its folder, readable by everybody, and replaced whole', async () => {
  const publisher = createPublisher(directory);
  const path = join(folder, 'CertEnroll', 'Contoso CA.crl');
  for (const content of [Uint8Array.of(1, 2, 3), CRL]) {
    await publisher.publish(path, content);
    assert.deepEqual(new Uint8Array(readFileSync(path)), content);
  }
  assert.equal(statSync(path).mode & 0o777, 0o644);
  await publisher.publish(pathToFileURL(join(folder, 'b c.crl')).href, CRL);
  assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'b c.crl'))), CRL);
});

test('the directory: the container is made, the value replaced, and read back by the same URL', async () => {
  const publisher = createPublisher(directory);
  const retriever = createRetriever(directory);
  assert.equal(await retriever.retrieve(ldap()), undefined);
  await publisher.publish(ldap(), Uint8Array.of(9));
  await publisher.publish(ldap(), CRL);
  assert.deepEqual(await retriever.retrieve(ldap()), CRL);
  const object = await directory.object(parsePlaceDn());
  assert.deepEqual(object?.attributes.get('certificateRevocationList'), [CRL]);
  assert.deepEqual(object?.attributes.get('objectClass'), ['top', 'cRLDistributionPoint']);
});

function parsePlaceDn(): string {
  const place = parsePlace(ldap());
  assert.equal(place.kind, 'ldap');
  return place.kind === 'ldap' ? place.distinguishedName : '';
}

test('nothing is sent over HTTP, and a place that cannot be written says so', async () => {
  const publisher = createPublisher(directory);
  await assert.rejects(publisher.publish(`${origin}/list.crl`, CRL), { symbol: 'ERROR_NOT_SUPPORTED' });
  writeFileSync(join(folder, 'in the way'), '');
  await assert.rejects(publisher.publish(join(folder, 'in the way', 'x.crl'), CRL), { name: 'HresultError' });
  assert.ok(!existsSync(join(folder, 'in the way', 'x.crl')));
});

test('what is not there is undefined, from wherever', async () => {
  const retriever = createRetriever(directory, 300);
  assert.deepEqual(await retriever.retrieve(`${origin}/list.crl`), CRL);
  for (const url of [`${origin}/other`, `${origin}/silent`, 'http://127.0.0.1:1/x', join(folder, 'none')])
    assert.equal(await retriever.retrieve(url), undefined, url);
  assert.equal(await createRetriever(undefined).retrieve(ldap()), undefined);
});
