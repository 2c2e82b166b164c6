import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import { ACE_TYPE, type Ace } from './access-control-entry.ts';
import { builtInTemplates } from './built-in.ts';
import { securityDescriptorFor } from './permissions.ts';
import { formatSddl } from './sddl.ts';
import { CONTROL, decodeSecurityDescriptor, encodeSecurityDescriptor } from './security-descriptor.ts';

const VECTORS = new URL('../../../test/vectors/security-descriptor/', import.meta.url);

interface Vector {
  readonly sddl: string;
  readonly hex: string;
}

function vectors(file: string): { domainSid: string; descriptors: readonly Vector[] } {
  return JSON.parse(readFileSync(new URL(file, VECTORS), 'utf8'));
}

/** Samba prints the letters of a mask in another order. */
function withSortedRights(sddl: string): string {
  return sddl.replace(/\(([A-Z]+);([A-Z]*);([A-Z]+);/g, (_, type: string, flags: string, rights: string) => {
    return `(${type};${flags};${rights.match(/../g)!.sort().join('')};`;
  });
}

test('what Samba packs is read and printed', () => {
  const { domainSid, descriptors } = vectors('made-by-samba.json');
  assert.ok(descriptors.length >= 6);
  for (const { sddl, hex } of descriptors)
    assert.equal(formatSddl(decodeSecurityDescriptor(parseHex(hex)), domainSid), sddl);
});

test('what this code writes is what Samba has read', () => {
  const { domainSid, descriptors } = vectors('read-by-samba.json');
  const forest = { oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid };
  const written = [
    ...vectors('made-by-samba.json').descriptors.map(({ hex }) => decodeSecurityDescriptor(parseHex(hex))),
    ...builtInTemplates(forest).map(({ owner, permissions }) => securityDescriptorFor(owner, permissions)),
  ];
  assert.equal(descriptors.length, written.length);
  for (const [index, descriptor] of written.entries()) {
    assert.equal(formatHex(encodeSecurityDescriptor(descriptor)), descriptors[index]!.hex);
    assert.equal(withSortedRights(formatSddl(descriptor, domainSid)), withSortedRights(descriptors[index]!.sddl));
  }
});

const sid = fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 15 }).map((parts) => ['S-1-5', ...parts].join('-'));
const mask = fc.nat({ max: 0xffffffff });
const guid = fc.constantFrom('0e10c968-78fb-11d2-90d4-00c04f79dc55', 'bf967950-0de6-11d0-a285-00aa003049e2');
const plain = <Value extends object>(arbitrary: fc.Arbitrary<Value>) => arbitrary.map((value) => ({ ...value }));
const ace: fc.Arbitrary<Ace> = fc.oneof(
  plain(
    fc.record({
      type: fc.constantFrom(ACE_TYPE.ACCESS_ALLOWED, ACE_TYPE.ACCESS_DENIED, ACE_TYPE.SYSTEM_AUDIT),
      flags: fc.nat({ max: 255 }),
      mask,
      sid,
      applicationData: fc.constant(new Uint8Array()),
    }),
  ),
  plain(
    fc.record(
      {
        type: fc.constantFrom(ACE_TYPE.ACCESS_ALLOWED_OBJECT, ACE_TYPE.ACCESS_DENIED_OBJECT),
        flags: fc.nat({ max: 255 }),
        mask,
        sid,
        objectType: guid,
        inheritedObjectType: guid,
        applicationData: fc.constant(new Uint8Array()),
      },
      { requiredKeys: ['type', 'flags', 'mask', 'sid', 'applicationData'] },
    ),
  ),
  plain(
    fc.record({
      type: fc.constantFrom(ACE_TYPE.ACCESS_ALLOWED_CALLBACK, ACE_TYPE.ACCESS_DENIED_CALLBACK),
      flags: fc.nat({ max: 255 }),
      mask,
      sid,
      applicationData: fc
        .uint8Array({ maxLength: 10 })
        .map((data) => Uint8Array.from([...data, ...data, ...data, ...data])),
    }),
  ),
  plain(
    fc.record({
      type: fc.constantFrom(0x03, 0x14, 0x77),
      flags: fc.nat({ max: 255 }),
      body: fc.uint8Array({ maxLength: 8 }).map((body) => Uint8Array.from([...body, ...body, ...body, ...body])),
    }),
  ),
);
const descriptor = fc
  .record(
    { owner: sid, group: sid, sacl: fc.array(ace, { maxLength: 3 }), dacl: fc.array(ace, { maxLength: 8 }) },
    { requiredKeys: [] },
  )
  .map((lists) => ({
    control:
      CONTROL.SELF_RELATIVE |
      (lists.dacl ? CONTROL.DACL_PRESENT : 0) |
      (lists.sacl ? CONTROL.SACL_PRESENT | CONTROL.SACL_PROTECTED : 0),
    ...lists,
  }));

test('a descriptor comes back as it was', () => {
  fc.assert(
    fc.property(descriptor, (value) => {
      assert.deepEqual(decodeSecurityDescriptor(encodeSecurityDescriptor(value)), value);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('mutated bytes raise nothing but HresultError', () => {
  const change = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) });
  let refused = 0;
  fc.assert(
    fc.property(descriptor, fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(), (value, changes, cut) => {
      const bytes = encodeSecurityDescriptor(value);
      for (const { at, value: octet } of changes) bytes[at % bytes.length] = octet;
      const shorter = bytes.subarray(0, cut % 5 === 0 ? cut % bytes.length : bytes.length);
      try {
        const read = decodeSecurityDescriptor(shorter);
        formatSddl(read);
        assert.deepEqual(decodeSecurityDescriptor(encodeSecurityDescriptor(read)).dacl, read.dacl);
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
        refused++;
      }
    }),
    { seed: 2, numRuns: 2000 },
  );
  assert.ok(refused > 100);
});

test('a list that shares its bytes with another costs no more than its own length', () => {
  // Owner, group and both lists may point to the same place; nothing is followed twice.
  const bytes = encodeSecurityDescriptor({ control: 0, owner: 'S-1-1-0', dacl: [] });
  const view = new DataView(bytes.buffer);
  view.setUint16(2, CONTROL.SELF_RELATIVE | CONTROL.DACL_PRESENT | CONTROL.SACL_PRESENT, true);
  view.setUint32(12, view.getUint32(16, true), true);
  assert.deepEqual(decodeSecurityDescriptor(bytes).sacl, []);
});
