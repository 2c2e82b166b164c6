import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entity, issue, NOW } from '#test/support/x509-hierarchy';
import { nodeEngine } from '../../crypto/node/engine.ts';
import type { Extension } from '../extension.ts';
import { EXTENSIONS, encodeExtension } from '../extensions/extension-table.ts';
import { validatePath } from './validate-path.ts';

const root = await issue({ subject: 'CN=Root', cA: true });
const ANY = '2.5.29.32.0';

const policies = (...ids: string[]) =>
  encodeExtension(
    EXTENSIONS.certificatePolicies,
    ids.map((policyIdentifier) => ({ policyIdentifier })),
  );
const mappings = (...pairs: [string, string][]) =>
  encodeExtension(
    EXTENSIONS.policyMappings,
    pairs.map(([issuerDomainPolicy, subjectDomainPolicy]) => ({ issuerDomainPolicy, subjectDomainPolicy })),
  );
const requireExplicit = (skip: number) =>
  encodeExtension(EXTENSIONS.policyConstraints, { requireExplicitPolicy: skip });
const inhibitMapping = (skip: number) => encodeExtension(EXTENSIONS.policyConstraints, { inhibitPolicyMapping: skip });
const inhibitAny = (skip: number) => encodeExtension(EXTENSIONS.inhibitAnyPolicy, skip);

/** A path below the root, one list of extensions a certificate from the top down; answers its policies, or the symbols. */
async function path(...levels: readonly Extension[][]): Promise<readonly string[]> {
  const made: Entity[] = [root];
  for (const [i, extensions] of levels.entries()) {
    made.push(await issue({ subject: `CN=${i}`, cA: i < levels.length - 1, issuer: made.at(-1)!, extensions }));
  }
  const result = await validatePath({
    certificate: made.at(-1)!.certificate,
    candidates: made.map(({ certificate }) => certificate),
    trustAnchors: [root.certificate],
    time: NOW,
    engine: nodeEngine,
  });
  return result.ok ? result.policies : result.errors.flat().map(({ symbol }) => symbol);
}

const INVALID = ['CERT_E_INVALID_POLICY'];

test('a policy holds where every certificate asserts it', async () => {
  assert.deepEqual(await path([policies('1.1.1', '1.1.2')], [policies('1.1.2', '1.1.3')]), ['1.1.2']);
  assert.deepEqual(await path([policies(ANY)], [policies('1.1.3')]), ['1.1.3']);
  assert.deepEqual(await path([policies('1.1.1')], [policies(ANY)]), ['1.1.1']);
  assert.deepEqual(await path([policies(ANY)], [policies(ANY)]), [ANY]);
  assert.deepEqual(await path([], [policies('1.1.1')]), []);
});

test('none holds, and one is required', async () => {
  assert.deepEqual(await path([policies('1.1.1'), requireExplicit(0)], [policies('1.1.2')]), INVALID);
  assert.deepEqual(await path([requireExplicit(0)], []), INVALID);
  assert.deepEqual(await path([policies('1.1.1'), requireExplicit(0)], [policies('1.1.1')]), ['1.1.1']);
  assert.deepEqual(await path([requireExplicit(5)], []), []);
});

test('policies are mapped, and keep their name at the top', async () => {
  const mapping = mappings(['1.1.1', '1.2.1']);
  const required = requireExplicit(0);
  assert.deepEqual(await path([policies('1.1.1'), mapping, required], [policies('1.2.1')]), ['1.1.1']);
  assert.deepEqual(await path([policies('1.1.1'), mapping, required], [policies('1.1.1')]), INVALID);
  assert.deepEqual(await path([policies(ANY), mapping, required], [policies('1.2.1')]), ['1.1.1']);
});

test('mapping may be inhibited, anyPolicy is never mapped', async () => {
  const mapping = mappings(['1.1.1', '1.2.1']);
  const levels = [[policies('1.1.1'), mapping, requireExplicit(0)], [policies('1.2.1')]];
  assert.deepEqual(await path([policies('1.1.1'), inhibitMapping(0)], ...levels), INVALID);
  assert.deepEqual(await path([policies('1.1.1'), inhibitMapping(1)], ...levels), ['1.1.1']);
  assert.deepEqual(await path([policies(ANY), mappings([ANY, '1.2.1'])], []), INVALID);
});

test('anyPolicy may be inhibited', async () => {
  const required = requireExplicit(0);
  assert.deepEqual(await path([policies('1.1.1'), required, inhibitAny(0)], [policies(ANY)]), INVALID);
  assert.deepEqual(await path([policies('1.1.1'), required, inhibitAny(1)], [policies(ANY)]), ['1.1.1']);
});

test('policies without end are given up on', async () => {
  const many = policies(...Array.from({ length: 65 }, (_, i) => `1.1.${i}`));
  assert.deepEqual(await path([many], []), INVALID);
  const mapped = mappings(...Array.from({ length: 65 }, (_, i): [string, string] => ['1.1.1', `1.1.${i}`]));
  assert.deepEqual(await path([policies('1.1.1'), mapped], []), INVALID);
});
