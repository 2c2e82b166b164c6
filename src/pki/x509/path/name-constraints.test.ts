import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issue, NOW } from '#test/support/x509-hierarchy';
import { nodeEngine } from '../../crypto/node/engine.ts';
import { EXTENSIONS, encodeExtension } from '../extensions/extension-table.ts';
import type { NameConstraints } from '../extensions/name-constraints.ts';
import { type GeneralName, userPrincipalName } from '../general-name.ts';
import { parseName } from '../name-text.ts';
import { isWithinSubtree } from './name-subtree.ts';
import { validatePath } from './validate-path.ts';

const dns = (value: string): GeneralName => ({ type: 'dNSName', value });
const mail = (value: string): GeneralName => ({ type: 'rfc822Name', value });
const uri = (value: string): GeneralName => ({ type: 'uniformResourceIdentifier', value });
const ip = (...octets: number[]): GeneralName => ({ type: 'iPAddress', value: Uint8Array.from(octets) });
const dn = (text: string): GeneralName => ({ type: 'directoryName', value: parseName(text) });

const WITHIN: readonly (readonly [name: GeneralName, base: GeneralName, within: boolean | undefined])[] = [
  [dns('host.example.com'), dns('example.com'), true],
  [dns('EXAMPLE.com'), dns('example.COM'), true],
  [dns('notexample.com'), dns('example.com'), false],
  [dns('example.com'), dns('.example.com'), false],
  [dns('a.example.com'), dns('.example.com'), true],
  [dns('anything'), dns(''), true],
  [mail('Ab@example.com'), mail('example.com'), true],
  [mail('a@host.example.com'), mail('example.com'), false],
  [mail('a@host.example.com'), mail('.example.com'), true],
  [mail('a@example.com'), mail('a@EXAMPLE.com'), true],
  [mail('A@example.com'), mail('a@example.com'), false],
  [mail('example.com'), mail('example.com'), undefined],
  [uri('http://host.example.com/x'), uri('.example.com'), true],
  [uri('http://host.example.com:80/x'), uri('host.example.com'), true],
  [uri('http://user@host.example.com?x'), uri('host.example.com'), true],
  [uri('http://example.com.evil.org/'), uri('.example.com'), false],
  [uri('http://evil.org/@example.com'), uri('example.com'), false],
  [uri('urn:example.com'), uri('example.com'), undefined],
  [uri('http://192.0.2.1/'), uri('.example.com'), undefined],
  [ip(192, 0, 2, 7), ip(192, 0, 2, 0, 255, 255, 255, 0), true],
  [ip(192, 0, 3, 7), ip(192, 0, 2, 0, 255, 255, 255, 0), false],
  [ip(192, 0, 2, 7), ip(192, 0, 2, 0), undefined],
  [dn('CN=u, OU=a, O=x'), dn('ou=A, o=X'), true],
  [dn('CN=u, O=x'), dn('OU=a, O=x'), false],
  [dns('a'), mail('a'), undefined],
];

for (const [name, base, within] of WITHIN) {
  const show = (each: GeneralName) => (each.type === 'iPAddress' ? each.value.join('.') : JSON.stringify(each));
  test(`${show(name)} in ${show(base)}: ${within}`, () => {
    assert.equal(isWithinSubtree(name, base), within);
  });
}

const root = await issue({ subject: 'CN=Root', cA: true });

async function validate(constraints: NameConstraints, subject: string, ...names: GeneralName[]): Promise<string[]> {
  const sub = await issue({
    subject: 'CN=Sub, O=X',
    cA: true,
    issuer: root,
    extensions: [encodeExtension(EXTENSIONS.nameConstraints, constraints)],
  });
  const altName = names.length > 0 ? [encodeExtension(EXTENSIONS.subjectAltName, names)] : [];
  const end = await issue({ subject, issuer: sub, extensions: altName });
  const result = await validatePath({
    certificate: end.certificate,
    candidates: [sub.certificate],
    trustAnchors: [root.certificate],
    time: NOW,
    engine: nodeEngine,
  });
  assert.deepEqual(result.errors.slice(1).flat(), []);
  return result.errors[0]!.map(({ symbol }) => symbol);
}

const permit = (...bases: GeneralName[]): NameConstraints => ({ permittedSubtrees: bases.map((base) => ({ base })) });
const exclude = (...bases: GeneralName[]): NameConstraints => ({ excludedSubtrees: bases.map((base) => ({ base })) });
const INVALID = ['CERT_E_INVALID_NAME'];

test('a constraint speaks only of names of its own form', async () => {
  assert.deepEqual(await validate(permit(dns('example.com')), 'CN=a', mail('a@b')), []);
  assert.deepEqual(await validate(permit(dns('example.com')), 'CN=a'), []);
});

test('permitted and excluded names', async () => {
  const permitted = permit(dns('example.com'), dns('example.org'));
  assert.deepEqual(await validate(permitted, 'CN=a', dns('a.example.org')), []);
  assert.deepEqual(await validate(permitted, 'CN=a', dns('a.example.org'), dns('evil.net')), INVALID);
  assert.deepEqual(await validate(exclude(dns('example.com')), 'CN=a', dns('a.example.com')), INVALID);
  assert.deepEqual(await validate(exclude(dns('example.com')), 'CN=a', dns('example.net')), []);
});

test('the subject is a directory name', async () => {
  assert.deepEqual(await validate(permit(dn('O=X')), 'CN=a, O=X'), []);
  assert.deepEqual(await validate(permit(dn('O=X')), 'CN=a, O=Y'), INVALID);
  assert.deepEqual(await validate(permit(dn('O=X')), '', dns('a')), []);
});

test('e-mail addresses in the subject count where there is no alternative name', async () => {
  assert.deepEqual(await validate(permit(mail('x.org')), 'E=a@y.org, CN=a'), INVALID);
  assert.deepEqual(await validate(permit(mail('x.org')), 'E=a@x.org, CN=a'), []);
});

test('a constraint that cannot be understood counts against the certificate', async () => {
  const upn = userPrincipalName('x.org');
  assert.deepEqual(await validate(permit(upn), 'CN=a', userPrincipalName('a@x.org')), INVALID);
  assert.deepEqual(await validate(exclude(upn), 'CN=a', userPrincipalName('a@y.org')), INVALID);
  assert.deepEqual(await validate(permit(upn), 'CN=a', dns('x')), []);
  assert.deepEqual(await validate({ permittedSubtrees: [{ base: dns('x'), minimum: 1 }] }, 'CN=a', dns('x')), INVALID);
});

test('names without end are given up on', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => dns(`a${i}.x`));
  const bases = Array.from({ length: 1000 }, (_, i) => dns(`b${i}.x`));
  assert.deepEqual(await validate(exclude(...bases), 'CN=a', ...names), INVALID);
});

test('two CAs may both constrain: a name must suit them all', async () => {
  const constrain = (constraints: NameConstraints) => [encodeExtension(EXTENSIONS.nameConstraints, constraints)];
  const upper = await issue({ subject: 'CN=U', cA: true, issuer: root, extensions: constrain(permit(dns('x.org'))) });
  const lower = await issue({
    subject: 'CN=L',
    cA: true,
    issuer: upper,
    extensions: constrain(permit(dns('a.x.org'))),
  });
  for (const [name, ok] of [
    ['h.a.x.org', true],
    ['h.b.x.org', false],
  ] as const) {
    const extensions = [encodeExtension(EXTENSIONS.subjectAltName, [dns(name)])];
    const end = await issue({ subject: 'CN=e', issuer: lower, extensions });
    const result = await validatePath({
      certificate: end.certificate,
      candidates: [lower.certificate, upper.certificate],
      trustAnchors: [root.certificate],
      time: NOW,
      engine: nodeEngine,
    });
    assert.equal(result.ok, ok, name);
  }
});
