import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTemplateAttributes, encodeTemplateAttributes } from '#ca/template/attributes';
import { encodeSid } from '#ca/template/sid';
import { duplicateTemplate, editTemplate } from '#ca/template/versions';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type EmbeddedDirectory, openEmbeddedDirectory } from './open-embedded-directory.ts';

const ROOT = 'DC=contoso,DC=com';
const SERVICES = `CN=Public Key Services,CN=Services,CN=Configuration,${ROOT}`;

/** Numbers that count up: every run makes the same GUIDs and identifiers. */
function counting(): (length: number) => Uint8Array {
  let next = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, ++next);
    return bytes;
  };
}

async function contoso(): Promise<EmbeddedDirectory> {
  const directory = openEmbeddedDirectory({ path: ':memory:', random: counting() });
  await directory.install('contoso.com', 'CONTOSO');
  return directory;
}

async function refuses(work: Promise<unknown>, symbol: HresultSymbol): Promise<void> {
  await assert.rejects(work, (error) => isHresult(error, symbol) || assert.fail(String(error)));
}

const names = (found: readonly { readonly accountName: string }[]) => found.map(({ accountName }) => accountName);

test('a new directory has its domain, groups, containers and templates', async () => {
  const empty = openEmbeddedDirectory({ path: ':memory:' });
  assert.equal(empty.isInstalled, false);
  assert.throws(
    () => empty.domain,
    (error) => isHresult(error, 'ERROR_NO_SUCH_DOMAIN'),
  );
  await refuses(empty.install('contoso com', 'CONTOSO'), 'ERROR_INVALID_PARAMETER');
  await refuses(empty.install('contoso.com', 'CONTOSO CONTOSO 1'), 'ERROR_INVALID_PARAMETER');
  await empty.install('contoso.com', 'Contoso');
  assert.equal(empty.isInstalled, true);
  await refuses(empty.install('contoso.com', 'CONTOSO'), 'ERROR_ALREADY_EXISTS');
  await empty.close();

  const directory = await contoso();
  assert.deepEqual(
    { ...directory.domain },
    { netbiosName: 'CONTOSO', dnsName: 'contoso.com', sid: directory.domain.sid },
  );
  assert.match(directory.domain.sid, /^S-1-5-21-\d+-\d+-\d+$/);
  assert.equal(directory.configurationDN, `CN=Configuration,${ROOT}`);
  const services = await directory.children(SERVICES);
  assert.deepEqual(
    services.map(({ distinguishedName }) => distinguishedName.split(',')[0]),
    [
      'CN=AIA',
      'CN=CDP',
      'CN=Certificate Templates',
      'CN=Certification Authorities',
      'CN=Enrollment Services',
      'CN=KRA',
      'CN=NTAuthCertificates',
      'CN=OID',
    ],
  );
  const templates = (await directory.children(`CN=Certificate Templates,${SERVICES}`)).map(decodeTemplateAttributes);
  assert.equal(templates.length, 33);
  const root = (await directory.object(`CN=OID,${SERVICES}`))?.attributes.get('msPKI-Cert-Template-OID')?.[0];
  assert.ok(templates.every(({ oid }) => oid.startsWith(`${root}.1.`)));
  const oids = (await directory.children(`CN=OID,${SERVICES}`)).map(
    ({ attributes }) => attributes.get('msPKI-Cert-Template-OID')?.[0],
  );
  assert.deepEqual(new Set(oids), new Set(templates.map(({ oid }) => oid)));
  assert.deepEqual(names(await directory.findPrincipals('Domain Admins')), ['CONTOSO\\Domain Admins']);
  const [administrator] = await directory.findPrincipals('CONTOSO\\administrator');
  assert.equal(administrator?.sid, `${directory.domain.sid}-500`);
  for (const sid of [`${directory.domain.sid}-512`, `${directory.domain.sid}-519`, 'S-1-5-32-544'])
    assert.ok(administrator?.groupSids.includes(sid), sid);
});

test('a person by every token', async () => {
  const directory = await contoso();
  const { sid } = directory.domain;
  const user = await directory.addUser({
    accountName: 'nuser1',
    cn: 'Nancy User',
    upn: 'nancy@mail.example',
    mail: 'nancy@mail.example',
    displayName: 'Nancy',
  });
  assert.equal(user.accountName, 'CONTOSO\\nuser1');
  assert.equal(user.kind, 'user');
  assert.equal(user.sid, `${sid}-1103`);
  assert.equal(user.object.distinguishedName, `CN=Nancy User,CN=Users,${ROOT}`);
  assert.deepEqual(user.groupSids, ['S-1-1-0', 'S-1-5-11', `${sid}-513`, 'S-1-5-32-545']);
  const { attributes } = user.object;
  assert.deepEqual(attributes.get('objectClass'), ['top', 'person', 'organizationalPerson', 'user']);
  assert.equal(formatHex(attributes.get('objectSid')?.[0] as Uint8Array), formatHex(encodeSid(user.sid)));
  assert.equal((attributes.get('objectGUID')![0] as Uint8Array).length, 16);
  for (const token of [
    'CONTOSO\\nuser1',
    'contoso\\NUSER1',
    'contoso.com\\nuser1',
    'Users\\nuser1',
    'Users\\Nancy User',
    'nancy@mail.example',
    'nuser1@contoso.com',
    user.sid,
    'nuser1',
    'nancy user',
    ' cn=nancy user, CN=users,DC=contoso,DC=com ',
  ])
    assert.deepEqual(names(await directory.findPrincipals(token)), ['CONTOSO\\nuser1'], token);
  for (const token of [
    '',
    'OTHER\\nuser1',
    'Computers\\nuser1',
    'nobody',
    'nuser1@other.com',
    `${sid}-9`,
    '\\nuser1',
    `CN=x,${ROOT}`,
    ROOT,
  ])
    assert.deepEqual(await directory.findPrincipals(token), [], token);
});

test('several hits are all answered', async () => {
  const directory = await contoso();
  await directory.put(`OU=Sales,${ROOT}`, new Map([['objectClass', ['top', 'organizationalUnit']]]));
  await directory.addUser({ accountName: 'jsmith', cn: 'John Smith' });
  await directory.addUser({ accountName: 'jsmith2', cn: 'John Smith', container: 'Sales' });
  assert.deepEqual(names(await directory.findPrincipals('john smith')), ['CONTOSO\\jsmith', 'CONTOSO\\jsmith2']);
  assert.deepEqual(names(await directory.findPrincipals('Sales\\John Smith')), ['CONTOSO\\jsmith2']);
  await refuses(directory.addMember('Domain Admins', 'John Smith'), 'TYPE_E_AMBIGUOUSNAME');
  assert.deepEqual(names(await directory.findPrincipals('Authenticated Users')), ['NT AUTHORITY\\Authenticated Users']);
  assert.deepEqual(names(await directory.findPrincipals('nt authority\\authenticated users')), [
    'NT AUTHORITY\\Authenticated Users',
  ]);
  assert.deepEqual(names(await directory.findPrincipals('everyone')), ['Everyone']);
  assert.deepEqual(names(await directory.findPrincipals('BUILTIN\\Administrators')), ['BUILTIN\\Administrators']);
});

test('computers and domain controllers', async () => {
  const directory = await contoso();
  const { sid } = directory.domain;
  const machine = await directory.addComputer({ dNSHostName: 'web1.contoso.com' });
  assert.deepEqual([machine.accountName, machine.kind], ['CONTOSO\\WEB1$', 'computer']);
  assert.deepEqual(machine.object.attributes.get('dNSHostName'), ['web1.contoso.com']);
  assert.ok(machine.groupSids.includes(`${sid}-515`));
  const controller = await directory.addComputer({ dNSHostName: 'dc1.contoso.com', isDomainController: true });
  assert.equal(controller.object.distinguishedName, `CN=DC1,OU=Domain Controllers,${ROOT}`);
  assert.ok(controller.groupSids.includes(`${sid}-516`) && controller.groupSids.includes('S-1-5-9'));
  assert.ok(!controller.groupSids.includes(`${sid}-515`));
  for (const token of ['CONTOSO\\web1', 'CONTOSO\\WEB1$', 'web1', 'Computers\\web1'])
    assert.deepEqual(names(await directory.findPrincipals(token)), ['CONTOSO\\WEB1$'], token);
  await refuses(directory.addComputer({ dNSHostName: 'bad name' }), 'ERROR_INVALID_PARAMETER');
});

test('groups nest, even in circles', async () => {
  const directory = await contoso();
  const inner = await directory.addGroup({ accountName: 'Mail Users', description: 'with archived keys' });
  const outer = await directory.addGroup({ accountName: 'Staff' });
  await directory.addUser({ accountName: 'u', memberOf: ['Mail Users'] });
  await directory.addMember('Staff', 'CONTOSO\\Mail Users');
  await directory.addMember('Mail Users', 'Staff');
  await directory.addMember('Staff', 'Mail Users');
  const user = (await directory.findPrincipals('CONTOSO\\u'))[0]!;
  assert.ok(user.groupSids.includes(inner.sid) && user.groupSids.includes(outer.sid));
  assert.deepEqual(user.object.attributes.get('memberOf'), [inner.object.distinguishedName]);
  assert.deepEqual((await directory.findPrincipals('Staff'))[0]?.object.attributes.get('member'), [
    inner.object.distinguishedName,
  ]);
  await directory.removeMember('Staff', 'Mail Users');
  assert.ok(!(await directory.findPrincipals('CONTOSO\\u'))[0]?.groupSids.includes(outer.sid));
  // Through the primary group, and through Authenticated Users.
  await directory.addMember('Staff', 'Domain Users');
  assert.ok((await directory.findPrincipals('CONTOSO\\u'))[0]?.groupSids.includes(outer.sid));
  await directory.removeMember('Staff', 'Domain Users');
  await directory.addMember('Staff', 'S-1-5-11');
  assert.ok((await directory.findPrincipals('CONTOSO\\u'))[0]?.groupSids.includes(outer.sid));
  await refuses(directory.addMember('CONTOSO\\u', 'Staff'), 'ERROR_INVALID_PARAMETER');
  await refuses(directory.addMember('Staff', 'nobody'), 'ERROR_DS_OBJ_NOT_FOUND');
  // A removed person leaves its groups.
  await directory.remove(user.object.distinguishedName);
  assert.deepEqual((await directory.findPrincipals('Mail Users'))[0]?.object.attributes.get('member'), [
    `CN=Staff,CN=Users,${ROOT}`,
  ]);
});

test('names are taken once, and a refusal changes nothing', async () => {
  const directory = await contoso();
  const first = await directory.addUser({ accountName: 'a' });
  await refuses(directory.addUser({ accountName: 'A', cn: 'other' }), 'ERROR_ALREADY_EXISTS');
  await refuses(directory.addUser({ accountName: 'b', cn: 'a' }), 'ERROR_ALREADY_EXISTS');
  await refuses(directory.addUser({ accountName: 'b', upn: 'A@contoso.com' }), 'ERROR_ALREADY_EXISTS');
  await refuses(directory.addUser({ accountName: 'b', memberOf: ['Nobody'] }), 'ERROR_DS_OBJ_NOT_FOUND');
  await refuses(directory.addUser({ accountName: 'b', container: 'Nowhere' }), 'ERROR_DS_OBJ_NOT_FOUND');
  for (const accountName of ['', 'a\\b', 'a@b', ' ', 'x"', 'a\n'])
    await refuses(directory.addUser({ accountName }), 'ERROR_INVALID_PARAMETER');
  assert.deepEqual(await directory.findPrincipals('b'), []);
  const next = await directory.addUser({ accountName: 'b' });
  assert.equal(Number(next.sid.split('-').at(-1)), Number(first.sid.split('-').at(-1)) + 1);
});

test('a comma in a name', async () => {
  const directory = await contoso();
  const user = await directory.addUser({ accountName: 'doe', cn: 'Doe, Jane "JD"', memberOf: ['Domain Admins'] });
  assert.equal(user.object.distinguishedName, `CN=Doe\\, Jane \\"JD\\",CN=Users,${ROOT}`);
  assert.deepEqual(user.object.attributes.get('cn'), ['Doe, Jane "JD"']);
  assert.ok(user.groupSids.includes('S-1-5-32-544'));
  assert.equal((await directory.object(user.object.distinguishedName))?.attributes.get('sAMAccountName')?.[0], 'doe');
});

test('objects: put, add values, children, remove', async () => {
  const directory = await contoso();
  const dn = `CN=Contoso CA,CN=KRA,${SERVICES}`;
  await directory.put(
    dn,
    new Map([
      ['objectClass', ['top', 'msPKI-PrivateKeyRecoveryAgent']],
      ['description', ['x']],
    ]),
  );
  await directory.addValues(dn, 'userCertificate', [Uint8Array.of(1, 2), Uint8Array.of(3)]);
  await directory.addValues(dn.toLowerCase(), 'usercertificate;binary', [
    Uint8Array.of(3),
    Uint8Array.of(4),
    Uint8Array.of(4),
  ]);
  const object = await directory.object(dn.toUpperCase());
  assert.equal(object?.distinguishedName, dn);
  assert.deepEqual(object?.attributes.get('distinguishedName'), [dn]);
  assert.equal(object?.attributes.get('cn')?.[0], 'Contoso CA');
  const stored = [...(object?.attributes ?? [])].find(([name]) => name.toLowerCase() === 'usercertificate');
  assert.deepEqual(
    stored?.[1].map((value) => formatHex(value as Uint8Array)),
    ['0102', '03', '04'],
  );
  await directory.put(dn, new Map([['description', []]]));
  assert.equal((await directory.object(dn))?.attributes.has('description'), false);
  assert.deepEqual(
    (await directory.children(`CN=KRA,${SERVICES}`)).map(({ distinguishedName }) => distinguishedName),
    [dn],
  );

  await refuses(directory.put(`CN=x,CN=y,${SERVICES}`, new Map()), 'ERROR_DS_OBJ_NOT_FOUND');
  await refuses(directory.put('nonsense', new Map()), 'ERROR_INVALID_PARAMETER');
  await refuses(directory.put(dn, new Map([['cn', ['other']]])), 'ERROR_INVALID_PARAMETER');
  await refuses(directory.put(dn, new Map([['memberOf', ['x']]])), 'ERROR_INVALID_PARAMETER');
  await refuses(directory.put(dn, new Map([['a b', ['x']]])), 'ERROR_INVALID_PARAMETER');
  await refuses(directory.addValues(`CN=x,${ROOT}`, 'mail', ['x']), 'ERROR_DS_OBJ_NOT_FOUND');
  await refuses(directory.children(`CN=x,${ROOT}`), 'ERROR_DS_OBJ_NOT_FOUND');
  await refuses(directory.remove(`CN=KRA,${SERVICES}`), 'ERROR_DIR_NOT_EMPTY');
  await directory.remove(dn);
  await refuses(directory.remove(dn), 'ERROR_DS_OBJ_NOT_FOUND');
  assert.equal(await directory.object(dn), undefined);
});

test('a template is duplicated, edited and read again', async () => {
  const directory = await contoso();
  const container = `CN=Certificate Templates,${SERVICES}`;
  const user = decodeTemplateAttributes((await directory.object(`CN=User,${container}`))!);
  const copy = duplicateTemplate(user, {
    cn: 'ArchivedUser',
    displayName: 'Archived User',
    schemaVersion: 3,
    oid: '1.2.3.4',
  });
  await directory.put(`CN=ArchivedUser,${container}`, encodeTemplateAttributes(copy));
  const stored = decodeTemplateAttributes((await directory.object(`CN=archiveduser,${container}`))!);
  const changed = editTemplate(stored, {
    privateKeyFlags: stored.privateKeyFlags | 1,
    symmetricAlgorithm: 'AES',
    symmetricKeyLength: 256,
    supersededTemplates: ['User'],
  });
  await directory.put(`CN=ArchivedUser,${container}`, encodeTemplateAttributes(changed));
  const read = decodeTemplateAttributes((await directory.object(`CN=ArchivedUser,${container}`))!);
  assert.deepEqual(
    [read.minorRevision, read.privateKeyFlags & 1, read.symmetricAlgorithm, read.supersededTemplates],
    [1, 1, 'AES', ['User']],
  );
  assert.deepEqual(read.permissions, user.permissions);
});

test('a principal comes without the certificates that gather on it, and with all else', async () => {
  const directory = await contoso();
  const { object } = await directory.addUser({ accountName: 'alice', mail: 'alice@contoso.com' });
  const dn = object.distinguishedName;
  await directory.addValues(dn, 'userCertificate', [Uint8Array.of(1), Uint8Array.of(2)]);
  await directory.addValues(dn, 'userPKCS12', [Uint8Array.of(3)]);
  const whole = await directory.object(dn);
  const [principal] = await directory.findPrincipals('CONTOSO\\alice');
  const { userCertificate, ...others } = Object.fromEntries(whole!.attributes);
  assert.equal(userCertificate?.length, 2);
  assert.deepEqual(Object.fromEntries(principal!.object.attributes), others);
});

test('the change number of the configuration partition counts its changes alone', async () => {
  const directory = await contoso();
  const read = () => directory.changeNumber(directory.configurationDN);
  const before = await read();
  await directory.addUser({ accountName: 'alice' });
  await directory.addValues(`CN=alice,CN=Users,${ROOT}`, 'userCertificate', [Uint8Array.of(1)]);
  await refuses(directory.put(`CN=x,CN=nowhere,${SERVICES}`, new Map()), 'ERROR_DS_OBJ_NOT_FOUND');
  assert.equal(await read(), before);
  assert.notEqual(await directory.changeNumber(ROOT), before);

  const seen = new Set([before]);
  const dn = `cn=Some CA,CN=kra,${SERVICES.toUpperCase()}`;
  await directory.put(dn, new Map([['objectClass', ['top', 'msPKI-PrivateKeyRecoveryAgent']]]));
  seen.add(await read());
  await directory.addValues(dn, 'userCertificate', [Uint8Array.of(1)]);
  seen.add(await read());
  await directory.remove(dn);
  seen.add(await directory.changeNumber(`CN=KRA,${SERVICES}`));
  assert.equal(seen.size, 4);
  await directory.close();
});
