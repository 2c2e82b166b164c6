/**
 * The service from outside: who gets in, what calls do, and what does not shake it. Over 400 lines because all of it shares
 * one service that runs.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { openCredentials } from '#directory/credentials/open-credentials';
import { HresultError } from '#hresult/hresult-error';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { serveWorld, type WorldService } from '#test/support/world-service';
import { ACCOUNT_METHODS, type AccountApi } from '../account.ts';
import { remoteCalls, remoteDirectory } from '../client/remote-calls.ts';
import { ServiceClient } from '../client/service-client.ts';
import { certificateScheme } from './certificate-scheme.ts';
import { localCredentials } from './local-scheme.ts';

let world: AuthorityWorld;
let service: WorldService;

before(async () => {
  world = await AuthorityWorld.create();
  await (await world.as('Administrator')).setRights('CONTOSO\\officer', ['Officer']);
  service = await serveWorld(world);
  const credentials = openCredentials({ directory: join(world.folder, 'sign-in'), now: () => world.now });
  for (const name of ['alice', 'bob'])
    await credentials.setPassword((await world.principal(`CONTOSO\\${name}`)).sid, `password of ${name}`);
});
after(async () => {
  assert.deepEqual(service.faults, []);
  await service.close();
  await world.close();
});

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;
}

function account(authorization?: string): AccountApi {
  return remoteCalls<AccountApi>(service.client(authorization), 'account', ACCOUNT_METHODS);
}

/** One raw exchange: what any program on the network can send. */
function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string | Uint8Array,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const url = new URL(service.url);
    const options = { host: url.hostname, port: url.port, method, path, headers, ca: [...service.trust], agent: false };
    const request = httpsRequest(options, (response) => {
      const chunks: Uint8Array[] = [];
      response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('signing in', () => {
  test('by each spelling of the name, with the right password', async () => {
    for (const name of ['alice', 'CONTOSO\\alice', 'alice@contoso.com'])
      assert.equal((await account(basic(name, 'password of alice')).whoami()).accountName, 'CONTOSO\\alice');
  });

  test("one answer to a wrong name, a wrong password, another's password and an account without one", async () => {
    const answers = new Set<string>();
    for (const [name, password] of [
      ['nobody', 'password of alice'],
      ['alice', 'password of bob'],
      ['kra1', ''],
      ['Domain Users', 'password of alice'],
      ['', ''],
    ] as const) {
      const headers = { Authorization: basic(name, password), 'Content-Type': 'application/json' };
      const { status, body, headers: got } = await send('POST', '/api/v1/account/whoami', headers, '[]');
      assert.equal(status, 401);
      assert.match(String(got['www-authenticate']), /Bearer.*Basic/);
      answers.add(body);
    }
    assert.equal(answers.size, 1);
    assert.match([...answers][0]!, /ERROR_LOGON_FAILURE/);
  });

  test('nobody gets in without signing in, whatever he calls himself', async () => {
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer cht_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'Negotiate YII=',
      `Local ${localCredentials(new Uint8Array(32), 'CONTOSO\\Administrator')}`,
      'Local ..',
      'Basic !!!',
    ])
      await assert.rejects(account(authorization).whoami(), (error: unknown) => {
        assert.ok(error instanceof HresultError);
        return ['ERROR_NOT_AUTHENTICATED', 'ERROR_LOGON_FAILURE'].includes(error.symbol);
      });
  });

  test('a token works until it is ended, and gives no further tokens', async () => {
    const { token, id } = await account(basic('alice', 'password of alice')).issueToken('a test');
    const own = account(`Bearer ${token}`);
    assert.equal((await own.whoami()).accountName, 'CONTOSO\\alice');
    assert.deepEqual(
      (await own.tokens()).map((each) => [each.id, each.description]),
      [[id, 'a test']],
    );
    await assert.rejects(own.issueToken('another'), { symbol: 'ERROR_ACCESS_DENIED' });
    assert.equal(await account(basic('bob', 'password of bob')).revokeToken(id), false);
    await own.signOut();
    await assert.rejects(own.whoami(), { symbol: 'ERROR_LOGON_FAILURE' });
  });

  test('a password is changed by who knows the old one; sign-ins end', async () => {
    const bob = account(basic('bob', 'password of bob'));
    const { token } = await bob.issueToken('a test');
    const own = account(`Bearer ${token}`);
    await assert.rejects(own.changePassword('guess', 'a new password'), { symbol: 'ERROR_LOGON_FAILURE' });
    await assert.rejects(own.changePassword('password of bob', 'short'), { symbol: 'ERROR_PASSWORD_RESTRICTION' });
    await own.changePassword('password of bob', 'a new password');
    await assert.rejects(own.whoami(), { symbol: 'ERROR_LOGON_FAILURE' });
    await assert.rejects(bob.whoami(), { symbol: 'ERROR_LOGON_FAILURE' });
    assert.equal((await account(basic('bob', 'a new password')).whoami()).accountName, 'CONTOSO\\bob');
  });

  test('guessing ends, and the right password does not open then', async () => {
    for (let i = 0; i < 10; i++)
      await assert.rejects(account(basic('kra2', `guess ${i}`)).whoami(), { symbol: 'ERROR_LOGON_FAILURE' });
    for (const name of ['kra2', 'CONTOSO\\kra2'])
      await assert.rejects(account(basic(name, 'guess')).whoami(), { symbol: 'ERROR_ACCOUNT_LOCKED_OUT' });
    assert.equal((await account(basic('alice', 'password of alice')).whoami()).accountName, 'CONTOSO\\alice');
  });

  test('an account that is disabled stays outside, its token too', async () => {
    const { token } = await account(basic('alice', 'password of alice')).issueToken('a test');
    const { distinguishedName } = (await world.principal('CONTOSO\\alice')).object;
    await world.directory.put(distinguishedName, new Map([['userAccountControl', ['514']]]));
    await assert.rejects(account(`Bearer ${token}`).whoami(), { symbol: 'ERROR_ACCOUNT_DISABLED' });
    await assert.rejects(account(basic('alice', 'password of alice')).whoami(), { symbol: 'ERROR_LOGON_FAILURE' });
    await world.directory.put(distinguishedName, new Map([['userAccountControl', []]]));
    assert.equal((await account(`Bearer ${token}`).whoami()).accountName, 'CONTOSO\\alice');
  });
});

describe('signing in with a certificate', () => {
  let key: RequesterKey;
  let certificate: Uint8Array;

  before(async () => {
    key = await newKey(engine);
    certificate = await enroll('User');
  });

  async function enroll(template: string): Promise<Uint8Array> {
    const request = await pkcs10(engine, key);
    const alice = await world.as('alice');
    return (await alice.submit({ request, attributes: `CertificateTemplate:${template}` })).certificate!;
  }

  function withCertificate(cert: Uint8Array, shown = key): AccountApi {
    const client = new ServiceClient({
      url: service.url,
      trust: service.trust,
      identity: { key: encodePem('PRIVATE KEY', shown.pkcs8), cert: encodePem('CERTIFICATE', cert) },
    });
    return remoteCalls<AccountApi>(client, 'account', ACCOUNT_METHODS);
  }

  test('of this CA, for client authentication', async () => {
    const own = withCertificate(certificate);
    assert.equal((await own.whoami()).accountName, 'CONTOSO\\alice');
    const { token } = await own.issueToken('a card');
    assert.equal((await account(`Bearer ${token}`).whoami()).accountName, 'CONTOSO\\alice');
  });

  test('of another purpose, or of another CA of the same name', async () => {
    const refused = { symbol: 'ERROR_LOGON_FAILURE' };
    await assert.rejects(withCertificate(await enroll('EFS')).whoami(), {
      ...refused,
      detail: /client authentication/,
    });
    const other = await AuthorityWorld.create();
    try {
      const request = await pkcs10(engine, key);
      const attributes = 'CertificateTemplate:User';
      const foreign = (await (await other.as('alice')).submit({ request, attributes })).certificate!;
      await assert.rejects(withCertificate(foreign).whoami(), { ...refused, detail: /not of this CA/ });
    } finally {
      await other.close();
    }
    const headers = { Authorization: 'Certificate x', 'Content-Type': 'application/json' };
    assert.equal((await send('POST', '/api/v1/account/whoami', headers, '[]')).status, 401);
  });

  test('whose name it bears does not say whose it is', async () => {
    const presented = { authorization: undefined, certificate, address: '192.0.2.1', isLocal: false };
    const scheme = (requesterName: string, now = world.now) =>
      certificateScheme(
        world.directory,
        async () => ({ isValid: true, requesterName }),
        () => now,
      );
    const { distinguishedName } = (await world.principal('CONTOSO\\alice')).object;
    const published = await world.publishedCertificates('CONTOSO\\alice');
    assert.equal((await scheme('CONTOSO\\bob').signIn(presented)).caller.accountName, 'CONTOSO\\alice');
    await world.directory.put(distinguishedName, new Map([['userCertificate', []]]));
    await assert.rejects(scheme('CONTOSO\\bob').signIn(presented), { detail: /whose it is not/ });
    assert.equal((await scheme('CONTOSO\\alice').signIn(presented)).caller.accountName, 'CONTOSO\\alice');
    for (const now of [new Date('2026-01-01'), new Date('2099-01-01')])
      await assert.rejects(scheme('CONTOSO\\alice', now).signIn(presented), { detail: /not valid now/ });
    await world.directory.put(distinguishedName, new Map([['userCertificate', published]]));
  });

  test('revoked: at once', async () => {
    const own = withCertificate(certificate);
    await own.whoami();
    const { serialNumber } = decodeCertificate(certificate).tbsCertificate;
    await (await world.as('officer')).revoke([formatSerial(serialNumber)], 1);
    await assert.rejects(own.whoami(), { symbol: 'ERROR_LOGON_FAILURE', detail: /revoked/ });
  });
});

describe('calls', () => {
  test('a request is submitted, retrieved and seen', async () => {
    const alice = service.as('CONTOSO\\alice');
    const request = await pkcs10(engine, await newKey(engine));
    const outcome = await alice.submit({ request, attributes: 'CertificateTemplate:EFS' });
    assert.equal(outcome.disposition, 'issued');
    assert.deepEqual((await alice.retrieve(outcome.requestId)).certificate, outcome.certificate);
    const columns = ['Request.RequesterName', 'RawCertificate', 'NotAfter'];
    const restrictions = [{ column: 'RequestID', operator: '=', value: outcome.requestId }] as const;
    const [row] = await collect(alice.view({ table: 'Requests', columns, restrictions }));
    assert.equal(row!.get('Request.RequesterName'), 'CONTOSO\\alice');
    assert.deepEqual(row!.get('RawCertificate'), outcome.certificate);
    assert.ok(row!.get('NotAfter') instanceof Date);
  });

  test('an error arrives whole, also one of a stream', async () => {
    const alice = service.as('CONTOSO\\alice');
    await assert.rejects(alice.resubmit(1), { symbol: 'ERROR_ACCESS_DENIED', hint: /./ });
    await assert.rejects(collect(alice.view({ table: 'Requests', columns: ['Nonesuch'] })), HresultError);
    await assert.rejects(collect(alice.auditLog()), { symbol: 'ERROR_ACCESS_DENIED' });
  });

  test('a reader who stops leaves nothing open', async () => {
    for await (const row of service.as('CONTOSO\\Administrator').view({ table: 'Requests' })) {
      assert.ok(row.size > 0);
      break;
    }
    await service.as('CONTOSO\\Administrator').ping();
  });

  test('one account has so many views under way, another is not kept by it', async () => {
    const content = service.content.apis as Record<string, unknown>;
    const whole = service.content.apis['authority']!;
    const gate = Promise.withResolvers<void>();
    const slowly = async function* () {
      yield new Map([['RequestID', 1]]);
      await gate.promise;
    };
    content['authority'] = { ...whole, open: () => ({ view: slowly }) };
    const begin = async (name: string) => {
      const rows = service.as(`CONTOSO\\${name}`).view({ table: 'Requests' })[Symbol.asyncIterator]();
      await rows.next();
      return rows;
    };
    try {
      const begun = [];
      for (let n = 0; n < 16; n++) begun.push(await begin('alice'));
      await assert.rejects(begin('alice'), { symbol: 'ERROR_CONNECTION_COUNT_LIMIT', hint: /end its command/ });
      const headers = {
        Authorization: basic('alice', 'password of alice'),
        'Content-Type': 'application/json',
      };
      assert.equal((await send('POST', '/api/v1/authority/view', headers, '[{"table":"Requests"}]')).status, 429);
      begun.push(await begin('bob'));
      gate.resolve();
      for (const rows of begun) assert.equal((await rows.next()).done, true);
      await begin('alice');
    } finally {
      gate.resolve();
      content['authority'] = whole;
    }
  });

  test('the directory is read with the rights of the caller, and not changed', async () => {
    const { domain, configurationDN } = world.directory;
    const directory = remoteDirectory(service.client(basic('alice', 'password of alice')), { domain, configurationDN });
    const container = `CN=Certificate Templates,CN=Public Key Services,CN=Services,${configurationDN}`;
    const cns = async () => (await directory.children(container)).map(({ attributes }) => attributes.get('cn')?.[0]);
    assert.ok((await cns()).includes('EFS'));
    assert.deepEqual((await directory.findPrincipals('bob'))[0]?.accountName, 'CONTOSO\\bob');
    await world.addTemplate('EFS', 'Hidden', { permissions: [] });
    assert.ok(!(await cns()).includes('Hidden'));
    assert.equal(await directory.object(`CN=Hidden,${container}`), undefined);
    await assert.rejects(directory.remove(container), { symbol: 'ERROR_NOT_SUPPORTED' });
    await assert.rejects(service.client(basic('alice', 'password of alice')).call('directory/remove', [container]), {
      symbol: 'ERROR_NOT_FOUND',
    });
  });
});

describe('whatever comes', () => {
  const json = { 'Content-Type': 'application/json' };
  const signedIn = () => ({ ...json, Authorization: basic('alice', 'password of alice') });

  test('paths that are none, and methods of every object', async () => {
    for (const path of [
      '/',
      '/api/v1/',
      '/api/v1/authority',
      '/api/v1/authority/close',
      '/api/v1/authority/constructor',
      '/api/v1/authority/__proto__',
      '/api/v1/constructor/name',
      '/api/v1/authority/ping/more',
      '/api/v1/../v1/authority/ping/x',
      `/${'a'.repeat(4000)}`,
    ])
      assert.equal((await send('POST', path, signedIn(), '[]')).status, 404, path);
  });

  test('bodies that are none', async () => {
    const headers = signedIn();
    const cases: readonly (readonly [body: string, symbol: string])[] = [
      ['{', 'ERROR_INVALID_DATA'],
      ['{}', 'ERROR_INVALID_DATA'],
      ['null', 'ERROR_INVALID_DATA'],
      [`${'['.repeat(100_000)}`, 'ERROR_INVALID_DATA'],
      [`${'['.repeat(1000)}${']'.repeat(1000)}`, 'ERROR_INVALID_DATA'],
      ['["a"]', 'ERROR_INVALID_PARAMETER'],
      ['[1,2]', 'ERROR_INVALID_PARAMETER'],
      ['[]', 'ERROR_INVALID_PARAMETER'],
      ['[{"$bytes":"?"}]', 'ERROR_INVALID_DATA'],
    ];
    for (const [body, symbol] of cases) {
      const answer = await send('POST', '/api/v1/authority/resubmit', headers, body);
      assert.equal(answer.status, 422, body.slice(0, 40));
      assert.equal((JSON.parse(answer.body) as { error: { symbol: string } }).error.symbol, symbol, body.slice(0, 40));
    }
  });

  test('what a page of another site could send on its own', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      const { status } = await send('POST', '/api/v1/account/whoami', { ...signedIn(), 'Content-Type': type }, '[]');
      assert.equal(status, 415, type);
    }
    assert.equal((await send('GET', '/api/v1/account/whoami', signedIn())).status, 405);
  });

  test('more than is read', async () => {
    const long = '"'.padEnd(5 * 1024 * 1024, 'a');
    const announced = { ...signedIn(), 'Content-Length': String(long.length) };
    assert.equal((await send('POST', '/api/v1/authority/ping', announced, long)).status, 413);
    await assert.rejects(
      send('GET', '/', { 'X-Long': 'a'.repeat(20_000) }).then(({ status }) => {
        // Node answers 431 where it still can.
        if (status === 431) throw new Error('431');
      }),
    );
  });

  test('bytes that are no HTTP', async () => {
    const { hostname, port } = new URL(service.url);
    for (const bytes of [
      'GARBAGE\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      '\0'.repeat(1000),
    ]) {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = tlsConnect({ host: hostname, port: Number(port), ca: [...service.trust] }, () =>
          socket.write(bytes),
        );
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('close', () => resolve(text));
        socket.on('error', reject);
      });
      assert.match(answer, /^HTTP\/1\.1 400 /);
    }
  });

  test('files of CertEnroll to everybody, and nothing else', async () => {
    mkdirSync(join(world.folder, 'CertEnroll'), { recursive: true });
    writeFileSync(join(world.folder, 'CertEnroll', 'a b.crl'), 'a list');
    writeFileSync(join(world.folder, 'CertEnroll', 'note.txt'), 'a note');
    writeFileSync(join(world.folder, 'secret.crl'), 'no list');
    const got = await send('GET', '/CertEnroll/a%20b.crl');
    assert.deepEqual([got.status, got.body, got.headers['content-type']], [200, 'a list', 'application/pkix-crl']);
    const since = { 'If-Modified-Since': String(got.headers['last-modified']) };
    assert.equal((await send('GET', '/CertEnroll/a%20b.crl', since)).status, 304);
    const head = await send('HEAD', '/CertEnroll/a%20b.crl');
    assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', '6']);
    assert.equal((await send('PUT', '/CertEnroll/a%20b.crl', {}, 'x')).status, 405);
    for (const path of [
      '/CertEnroll/',
      '/CertEnroll/note.txt',
      '/CertEnroll/../secret.crl',
      '/CertEnroll/..%2fsecret.crl',
      '/CertEnroll/%2e%2e%2fsecret.crl',
      '/CertEnroll/..%5csecret.crl',
      '/CertEnroll/x%00.crl',
      '/CertEnroll/%E0%A4%A.crl',
      '/CertEnroll/.crl',
      '/CertEnroll/none.crl',
    ])
      assert.equal((await send('GET', path)).status, 404, path);
  });

  test('a fault of ours is a number to the caller, and told here', async () => {
    const broken = service.content.apis['account']!;
    const apis = service.content.apis as Record<string, unknown>;
    apis['account'] = {
      ...broken,
      open: () => ({
        whoami: async () => {
          throw new TypeError('the secret of the house');
        },
      }),
    };
    try {
      const { status, body } = await send('POST', '/api/v1/account/whoami', signedIn(), '[]');
      assert.equal(status, 500);
      assert.match(body, /Incident [0-9a-f]{8}/);
      assert.ok(!body.includes('secret'));
      assert.equal(service.faults.length, 1);
      service.faults.length = 0;
    } finally {
      apis['account'] = broken;
    }
  });

  test("a client takes no service but its CA's", async () => {
    const other = await AuthorityWorld.create();
    try {
      const foreign = new ServiceClient({ url: service.url, trust: [certificateOf(other)] });
      await assert.rejects(foreign.known(), { symbol: 'CERT_E_UNTRUSTEDROOT' });
      const misnamed = new ServiceClient({ url: service.url, trust: service.trust, serverName: 'web01.contoso.com' });
      await assert.rejects(misnamed.known(), { symbol: 'CERT_E_CN_NO_MATCH' });
      const nobody = new ServiceClient({ url: 'https://127.0.0.1:1', trust: service.trust });
      await assert.rejects(nobody.known(), { symbol: 'RPC_S_SERVER_UNAVAILABLE', hint: /certhaven serve/ });
    } finally {
      await other.close();
    }
  });
});

function certificateOf({ authority }: AuthorityWorld): string {
  return encodePem('CERTIFICATE', authority.current.certificate.raw);
}
