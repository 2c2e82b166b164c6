import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasRight, TEMPLATE_RIGHTS, type TemplateAccess, type TemplateRight } from './access.ts';
import { ACE_FLAG, ACE_TYPE, type Ace } from './access-control-entry.ts';
import {
  GUID_AUTOENROLL,
  GUID_ENROLL,
  isSamePermissions,
  permissionsOf,
  securityDescriptorFor,
} from './permissions.ts';
import { CONTROL, decodeSecurityDescriptor, encodeSecurityDescriptor } from './security-descriptor.ts';

const SID = 'S-1-5-21-1-2-3-1104';
const GROUP = 'S-1-5-21-1-2-3-1105';

function ace(type: number, mask: number, more: Partial<Extract<Ace, { mask: number }>> = {}): Ace {
  return { type, flags: 0, mask, sid: SID, applicationData: new Uint8Array(), ...more };
}

function rightsOf(...dacl: Ace[]): string {
  return permissionsOf({ control: CONTROL.DACL_PRESENT, dacl })
    .map(({ type, rights }) => `${type} ${rights}`)
    .join('; ');
}

test('which entry grants what', () => {
  const { ACCESS_ALLOWED: A, ACCESS_DENIED: D, ACCESS_ALLOWED_OBJECT: OA, ACCESS_DENIED_OBJECT: OD } = ACE_TYPE;
  assert.equal(rightsOf(ace(A, 0xf01ff)), 'allow fullControl');
  assert.equal(rightsOf(ace(A, 0x10000000)), 'allow fullControl');
  assert.equal(rightsOf(ace(A, 0x20094)), 'allow read');
  assert.equal(rightsOf(ace(A, 0x80000000)), 'allow read');
  assert.equal(rightsOf(ace(A, 0x20000)), '');
  assert.equal(rightsOf(ace(A, 0x100)), 'allow enroll,autoenroll');
  assert.equal(rightsOf(ace(OA, 0x100)), 'allow enroll,autoenroll');
  assert.equal(rightsOf(ace(OA, 0x130, { objectType: GUID_ENROLL })), 'allow enroll');
  assert.equal(rightsOf(ace(OA, 0x100, { objectType: GUID_AUTOENROLL })), 'allow autoenroll');
  assert.equal(rightsOf(ace(OA, 0x30, { objectType: GUID_ENROLL })), '');
  assert.equal(rightsOf(ace(OA, 0x100, { objectType: 'bf967950-0de6-11d0-a285-00aa003049e2' })), '');
  // One property, or the right to change the rights, is enough to take the template over.
  assert.equal(rightsOf(ace(OA, 0x20, { objectType: 'bf967950-0de6-11d0-a285-00aa003049e2' })), 'allow write');
  for (const mask of [0x20, 0x40000, 0x80000, 0x40000000]) assert.match(rightsOf(ace(A, mask)), /write/);
  assert.equal(rightsOf(ace(D, 0x100)), 'deny enroll,autoenroll');
  assert.equal(rightsOf(ace(OD, 0x100, { objectType: GUID_ENROLL })), 'deny enroll');
  assert.equal(rightsOf(ace(A, 0xf01ff, { flags: ACE_FLAG.INHERIT_ONLY })), '');
  // Conditions are not evaluated: such a grant is none, such a denial is one.
  assert.equal(rightsOf(ace(ACE_TYPE.ACCESS_ALLOWED_CALLBACK, 0xf01ff)), '');
  assert.equal(rightsOf(ace(ACE_TYPE.ACCESS_DENIED_CALLBACK, 0x100)), 'deny enroll,autoenroll');
  assert.equal(
    rightsOf(ace(A, 0x20094), ace(OD, 0x100, { objectType: GUID_ENROLL }), ace(A, 0x100)),
    'deny enroll; allow read,enroll,autoenroll',
  );
  assert.deepEqual(permissionsOf({ control: CONTROL.DACL_PRESENT }), [
    { type: 'allow', sid: 'S-1-1-0', rights: ['fullControl'] },
  ]);
});

test('a denial outweighs every grant', () => {
  const allow: TemplateAccess = { type: 'allow', sid: GROUP, rights: ['read', 'enroll'] };
  const deny: TemplateAccess = { type: 'deny', sid: SID, rights: ['enroll'] };
  const token = [SID, GROUP];
  assert.equal(hasRight({ permissions: [allow] }, token, 'enroll'), true);
  assert.equal(hasRight({ permissions: [allow] }, [SID], 'enroll'), false);
  assert.equal(hasRight({ permissions: [allow, deny] }, token, 'enroll'), false);
  assert.equal(hasRight({ permissions: [allow, deny] }, token, 'read'), true);
  assert.equal(hasRight({ permissions: [allow] }, token, 'autoenroll'), false);
  const full: TemplateAccess = { type: 'allow', sid: GROUP, rights: ['fullControl'] };
  for (const right of TEMPLATE_RIGHTS) assert.equal(hasRight({ permissions: [full] }, token, right), true, right);
  assert.equal(hasRight({ permissions: [full, deny] }, token, 'fullControl'), false);
  assert.equal(hasRight({ permissions: [full, { ...full, type: 'deny' }] }, token, 'read'), false);
  assert.equal(hasRight({ permissions: [] }, token, 'read'), false);
});

test('permissions come back from the list they make', () => {
  const rights = fc.subarray<TemplateRight>(['read', 'write', 'enroll', 'autoenroll'], { minLength: 1 });
  const sid = fc.constantFrom(SID, GROUP, 'S-1-5-11', 'S-1-1-0');
  const access = fc
    .tuple(
      fc.constantFrom('allow' as const, 'deny' as const),
      sid,
      fc.oneof(rights, fc.constant<TemplateRight[]>(['fullControl'])),
    )
    .map(([type, trustee, list]): TemplateAccess => ({ type, sid: trustee, rights: list }));
  const permissions = fc.uniqueArray(access, { selector: (entry) => `${entry.type} ${entry.sid}`, maxLength: 6 });
  fc.assert(
    fc.property(permissions, permissions, (first, second) => {
      const made = encodeSecurityDescriptor(securityDescriptorFor(SID, first));
      const read = decodeSecurityDescriptor(made);
      assert.ok(isSamePermissions(permissionsOf(read), first));
      // Changed from one to another, whatever stood there before.
      const changed = securityDescriptorFor(GROUP, second, read);
      assert.ok(isSamePermissions(permissionsOf(changed), second));
      assert.equal(changed.owner, GROUP);
    }),
    { seed: 6, numRuns: 300 },
  );
});
