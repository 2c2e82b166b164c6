import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { CERTSVC, type ExportedValues, exportedRegistry } from '#test/support/exported-registry';
import type { CertificationAuthority } from '../api.ts';
import type { RegistryValue } from '../ports.ts';
import { requirePrincipal } from '../roles/principal.ts';
import { CA_RIGHT } from '../roles/rights.ts';
import { ACE_TYPE } from '../template/access-control-entry.ts';
import { decodeSecurityDescriptor, encodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { CONFIGURATION } from './certsvc-key.ts';
import { encodeRegistryFile } from './encode-registry-file.ts';
import { exportedConfiguration } from './exported-configuration.ts';
import { parseRegistryFile } from './registry-file.ts';
import { POLICY_MODULE } from './registry-values.ts';

const CA = `${CERTSVC}\\Contoso CA`;
const file = (...lines: string[]) =>
  new TextEncoder().encode(['Windows Registry Editor Version 5.00', '', ...lines, ''].join('\r\n'));

describe('importRegistry', () => {
  let world: AuthorityWorld;
  let admin: CertificationAuthority;
  let initial: Awaited<ReturnType<CertificationAuthority['registry']>>;

  before(async () => {
    world = await AuthorityWorld.create();
    admin = await world.as('Administrator');
    initial = await admin.registry();
  });
  beforeEach(async () => {
    const present = await world.ports.database.registry();
    await world.ports.database.commit([
      ...present.map(({ path, name }) => ({ remove: 'Registry', path, name }) as const),
      ...initial.map((setting) => ({ set: 'Registry', ...setting }) as const),
    ]);
  });
  after(() => world.close());

  const value = async (name: string, path = ''): Promise<RegistryValue['data'] | undefined> =>
    (await world.ports.database.registry()).find((setting) => setting.path === path && setting.name === name)?.value
      .data;
  const audited = async () =>
    (await collect(admin.auditLog())).map(({ record: { eventId, outcome, fields } }) =>
      [eventId, outcome, ...fields.map(([, text]) => text)].join(' '),
    );
  const refused = async (bytes: Uint8Array, symbol: string, line: number, who = admin) => {
    await assert.rejects(who.importRegistry(bytes), { symbol, detail: new RegExp(`^Line ${line}: `) });
    const settings = (await admin.registry()).map((setting) => JSON.stringify(setting)).sort();
    assert.deepEqual(settings, initial.map((setting) => JSON.stringify(setting)).sort());
  };

  test('CSP.reg of a move: what changes is written and on record value by value, the rest counted', async () => {
    const count = (await audited()).length;
    const { changes, unchanged, leftOut } = await admin.importRegistry(
      exportedRegistry({
        'contoso ca\\csp': {
          provider: 'Microsoft Software Key Storage Provider',
          CNGHashAlgorithm: 'SHA512',
          Extra: 1,
        },
      }),
    );
    assert.deepEqual(changes, [
      {
        path: 'CSP',
        name: 'CNGHashAlgorithm',
        before: { type: 'REG_SZ', data: 'SHA256' },
        after: { type: 'REG_SZ', data: 'SHA512' },
      },
      { path: 'CSP', name: 'Extra', before: undefined, after: { type: 'REG_DWORD', data: 1 } },
    ]);
    assert.deepEqual([unchanged, leftOut], [1, []]);
    assert.equal(await value('CNGHashAlgorithm', 'CSP'), 'SHA512');
    assert.deepEqual((await audited()).slice(count), [
      '4891 success CSP CNGHashAlgorithm SHA512',
      '4891 success CSP Extra 1',
    ]);
  });

  test('values and keys that a file deletes, then writes again', async () => {
    const { changes, unchanged } = await admin.importRegistry(
      file(
        `[${CA}]`,
        '"LogLevel"=-',
        '"Nonesuch"=-',
        `[-${CA}\\EncryptionCSP]`,
        `[${CA}\\EncryptionCSP]`,
        '"ProviderType"=dword:0',
        '"Provider"="Acme KSP"',
      ),
    );
    assert.equal(await value('LogLevel'), undefined);
    assert.deepEqual(
      (await admin.registry())
        .filter(({ path }) => path === 'EncryptionCSP')
        .map(({ name }) => name)
        .sort(),
      ['Provider', 'ProviderType'],
    );
    assert.equal(changes.find(({ name }) => name === 'Provider')?.after?.data, 'Acme KSP');
    // ProviderType, and Nonesuch, which was not there.
    assert.equal(unchanged, 2);
  });

  test("a whole machine's: its service, folders and types of Windows are left out, each with its line", async () => {
    const own = ((await value('CRLPublicationURLs')) as readonly string[]).find((entry) => entry.startsWith('65:/'));
    const { leftOut } = await admin.importRegistry(
      exportedRegistry({
        '': { Active: 'Contoso CA', DBDirectory: 'C:\\Windows\\CertLog', DBSessionCount: 100 },
        'Old CA': { CommonName: 'Old CA' },
        'Contoso CA': {
          CAServerName: 'W19SD-TEST',
          CRLPublicationURLs: ['65:C:\\Windows\\CertEnroll\\%3%8%9.crl', '6:http://pki.contoso.com/%3%8%9.crl'],
        },
      }),
    );
    assert.deepEqual(
      leftOut.map(({ line, name }) => [line, name]),
      [
        [5, 'DBDirectory'],
        [6, 'DBSessionCount'],
        [8, `${CERTSVC}\\Old CA`],
        [13, '65:C:\\Windows\\CertEnroll\\%3%8%9.crl of CA\\CRLPublicationURLs'],
      ],
    );
    assert.equal(await value('CAServerName'), 'W19SD-TEST');
    assert.deepEqual(await value('CRLPublicationURLs'), [own, '6:http://pki.contoso.com/%3%8%9.crl']);
    const odd = file(`[${CA}]`, '"Count"=hex(b):01,00,00,00,00,00,00,00', '@="default"', `[-${CONFIGURATION}]`);
    assert.deepEqual(
      (await admin.importRegistry(odd)).leftOut.map(({ line, name }) => [line, name]),
      [
        [4, 'Count'],
        [5, '@'],
        [6, `-${CONFIGURATION}`],
      ],
    );
  });

  test('one value that may not be: nothing of the file comes in, and the line is told', async () => {
    const good = [`[${CA}]`, '"LogLevel"=dword:4'];
    const bad = (...lines: string[]) => file(...good, ...lines);
    await refused(bad('"CRLPeriod"="Fortnights"'), 'ERROR_INVALID_PARAMETER', 5);
    await refused(bad('"CRLPeriodUnits"="1"'), 'ERROR_INVALID_PARAMETER', 5);
    await refused(bad(`[${CA}\\CSP]`, '"CNGHashAlgorithm"="SHA3"'), 'NTE_BAD_ALGID', 6);
    await refused(bad(`[${CA}\\${POLICY_MODULE}]`, '"EditFlags"=dword:0015014e'), 'ERROR_NOT_SUPPORTED', 6);
    await refused(bad('"Security"=-'), 'CERTSRV_E_NO_CAADMIN_DEFINED', 5);
    await refused(bad(`[-${CA}]`), 'CERTSRV_E_NO_CAADMIN_DEFINED', 5);
    await refused(bad('"Security"=hex:00'), 'ERROR_INVALID_DATA', 5);
    await refused(bad(`[${CERTSVC}\\Contoso]`, '"LogLevel"=dword:5'), 'ERROR_INVALID_PARAMETER', 5);
    await refused(bad('nonsense'), 'ERROR_INVALID_DATA', 5);
    await assert.rejects((await world.as('alice')).importRegistry(file(...good)), { symbol: 'ERROR_ACCESS_DENIED' });
    assert.match((await audited()).at(-1)!, /^4891 failure {3}\(registration file\)$/);
    await assert.rejects(admin.importRegistry(file('[HKEY_LOCAL_MACHINE\\SOFTWARE]')), { symbol: 'CRYPT_E_NOT_FOUND' });
  });

  test('roles are separated and rights given out by one file: what both leave is what counts', async () => {
    await refused(file(`[${CA}]`, '"RoleSeparationEnabled"=dword:1'), 'CERTSRV_E_NO_CAADMIN_DEFINED', 4);
    const descriptor = decodeSecurityDescriptor((await value('Security')) as Uint8Array);
    const { sid } = await requirePrincipal(world.directory, 'CONTOSO\\kra1');
    const dacl = [
      { type: ACE_TYPE.ACCESS_ALLOWED, flags: 0, mask: CA_RIGHT.Administrator, sid, applicationData: new Uint8Array() },
    ];
    const Security = encodeSecurityDescriptor({ ...descriptor, dacl });
    await admin.importRegistry(exportedRegistry({ 'Contoso CA': { RoleSeparationEnabled: 1, Security } }));
    assert.equal(await value('RoleSeparationEnabled'), 1);
  });

  test('what was exported comes back: into an empty configuration too', async () => {
    const keys = Map.groupBy(initial, ({ path }) => path);
    const exported = encodeRegistryFile(
      [...keys].map(([path, values]) => ({ path: path === '' ? CA : `${CA}\\${path}`, values })),
    );
    assert.deepEqual((await admin.importRegistry(exported)).changes, []);
    await admin.setRegistry({ path: '', name: 'LogLevel', value: { type: 'REG_DWORD', data: 5 } });
    await admin.removeRegistry('CSP', 'MachineKeyset');
    const { changes } = await admin.importRegistry(exported);
    assert.deepEqual(changes.map(({ name }) => name).sort(), ['LogLevel', 'MachineKeyset']);
    assert.equal(await value('LogLevel'), 3);
    assert.equal(exportedConfiguration(exported).configuration.string('CommonName'), 'Contoso CA');
  });
});

describe('encodeRegistryFile', () => {
  const ODD: ExportedValues = {
    'a name': 'C:\\a\\"b"',
    zero: 0,
    all: 0xffffffff,
    list: ['a', 'München', '\u{1f511}'],
    none: [],
    bytes: Uint8Array.from({ length: 300 }, (_, index) => index & 0xff),
    empty: new Uint8Array(),
    text: '',
  };

  function typed(data: ExportedValues[string]): RegistryValue {
    if (typeof data === 'string') return { type: 'REG_SZ', data };
    if (typeof data === 'number') return { type: 'REG_DWORD', data };
    return data instanceof Uint8Array ? { type: 'REG_BINARY', data } : { type: 'REG_MULTI_SZ', data };
  }

  test('as another writer has it, and read again', () => {
    const values = Object.entries(ODD).map(([name, data]) => ({ name, value: typed(data) }));
    const encoded = encodeRegistryFile([{ path: CA, values }]);
    const unbroken = (bytes: Uint8Array) => new TextDecoder('utf-16le').decode(bytes).replaceAll('\\\r\n  ', '');
    assert.equal(unbroken(encoded), unbroken(exportedRegistry({ 'Contoso CA': ODD })));
    const lines = new TextDecoder('utf-16le').decode(encoded).split('\r\n').slice(3);
    assert.ok(Math.max(...lines.map(({ length }) => length)) <= 80);
    assert.deepEqual(
      parseRegistryFile(encoded)[0]!.values.map(({ name, value }) => ({ name, value })),
      values,
    );
  });

  test('a line break in a string does not end it', () => {
    const value: RegistryValue = { type: 'REG_SZ', data: 'two\r\nlines\\' };
    const [key] = parseRegistryFile(encodeRegistryFile([{ path: CA, values: [{ name: 'a', value }] }]));
    assert.deepEqual(key!.values[0]!.value, value);
  });
});
