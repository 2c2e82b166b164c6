import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { builtInTemplates } from './built-in.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { parseTemplateEdit, planTemplateEdit } from './edit.ts';
import { enrollmentFlag, generalFlag, hasFlag, privateKeyFlag } from './flags.ts';
import { parsePeriod } from './period.ts';
import { duplicateTemplate, editTemplate, reenrollAll } from './versions.ts';

const templates = builtInTemplates({ oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid: 'S-1-5-21-1-2-3' });
const builtIn = (cn: string) => templates.find((template) => template.cn === cn)!;
const copyOf = (cn: string, schemaVersion: 2 | 3 | 4 = 2) =>
  duplicateTemplate(builtIn(cn), {
    cn: 'Copy',
    displayName: 'A copy',
    schemaVersion,
    oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6.7.8',
  });

function refuses(work: () => unknown, symbol: HresultSymbol): void {
  assert.throws(work, (error) => isHresult(error, symbol) || assert.fail(String(error)));
}

/** As `certutil -dsTemplate` would: the edits in turn, applied at once. */
function edited(template: CertificateTemplate, ...edits: (readonly [string, string])[]): CertificateTemplate {
  let changes = {};
  for (const [attribute, text] of edits)
    changes = { ...changes, ...planTemplateEdit({ ...template, ...changes }, parseTemplateEdit(attribute, text)) };
  return editTemplate(template, changes);
}

test('of a version 1 template only the permissions change', () => {
  const user = builtIn('User');
  assert.throws(
    () => editTemplate(user, { minimalKeySize: 4096 }),
    (error) => isHresult(error, 'ERROR_NOT_SUPPORTED') && error.hint?.includes('duplicate') === true,
  );
  refuses(() => editTemplate(user, { minimalKeySize: 4096, permissions: [] }), 'ERROR_NOT_SUPPORTED');
  refuses(
    () => edited(user, ['msPKI-Private-Key-Flag', '+CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL']),
    'ERROR_NOT_SUPPORTED',
  );
  refuses(() => reenrollAll(user), 'ERROR_NOT_SUPPORTED');
  const changed = editTemplate(user, { permissions: [{ type: 'allow', sid: 'S-1-5-11', rights: ['read', 'enroll'] }] });
  assert.deepEqual([changed.revision, changed.minorRevision], [3, 1]);
  assert.equal(hasFlag(changed.flags, generalFlag('CT_FLAG_IS_MODIFIED')), true);
  assert.equal(editTemplate(user, { minimalKeySize: 2048, permissions: [...user.permissions].reverse() }), user);
});

test('a duplicate is version 100.0 of its own', () => {
  const copy = copyOf('User');
  assert.deepEqual(
    [copy.cn, copy.displayName, copy.schemaVersion, copy.revision, copy.minorRevision, copy.oid],
    ['Copy', 'A copy', 2, 100, 0, '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6.7.8'],
  );
  // 0x2023a is what Windows gives a copy of User.
  assert.equal(copy.flags, 0x2023a);
  assert.equal(copy.privateKeyFlags, 0x1010010);
  assert.deepEqual(copy.applicationPolicies, builtIn('User').extendedKeyUsage);
  assert.deepEqual(copy.defaultCSPs, builtIn('User').defaultCSPs);
  assert.deepEqual(copy.permissions, builtIn('User').permissions);

  const cng = copyOf('User', 3);
  assert.deepEqual(
    [cng.privateKeyFlags, cng.asymmetricAlgorithm, cng.hashAlgorithm, cng.keyUsageProperty, cng.defaultCSPs],
    [0x2020010, 'RSA', 'SHA256', 0xffffff, ['Microsoft Software Key Storage Provider']],
  );
  const back = duplicateTemplate(cng, { cn: 'Back', displayName: 'Back', schemaVersion: 2, oid: '1.2.3' });
  assert.equal(back.asymmetricAlgorithm, undefined);
  assert.deepEqual(back.defaultCSPs, ['Microsoft Enhanced Cryptographic Provider v1.0']);
  for (const cn of ['', ' x', 'a,b', 'a=b', 'a/b', 'x'.repeat(65), 'a\nb'])
    refuses(
      () => duplicateTemplate(builtIn('User'), { cn, displayName: 'x', schemaVersion: 2, oid: '1.2.3' }),
      'ERROR_INVALID_NAME',
    );
  refuses(
    () => duplicateTemplate(builtIn('User'), { cn: 'x', displayName: '', schemaVersion: 2, oid: '1.2.3' }),
    'ERROR_INVALID_PARAMETER',
  );
});

test('each change counts the minor version up, re-enrollment the major one', () => {
  const once = editTemplate(copyOf('User'), { minimalKeySize: 4096 });
  const twice = editTemplate(once, { permissions: [], supersededTemplates: ['User'] });
  assert.deepEqual([twice.revision, twice.minorRevision, twice.supersededTemplates], [100, 2, ['User']]);
  assert.equal(editTemplate(twice, { minimalKeySize: 4096, keyUsage: Uint8Array.of(0xa0, 0) }), twice);
  const again = reenrollAll(twice);
  assert.deepEqual([again.revision, again.minorRevision], [101, 0]);
  const kra = editTemplate(builtIn('KeyRecoveryAgent'), {
    enrollmentFlags: builtIn('KeyRecoveryAgent').enrollmentFlags & ~enrollmentFlag('CT_FLAG_AUTO_ENROLLMENT'),
  });
  // A changed built-in stays a default one.
  assert.equal(kra.flags, 0x30020);
  refuses(() => editTemplate(twice, { supersededTemplates: ['copy'] }), 'ERROR_INVALID_PARAMETER');
  refuses(() => editTemplate(twice, { overlapPeriod: parsePeriod('1 Years') }), 'CERTSRV_E_CERT_TYPE_OVERLAP');
  refuses(() => editTemplate(twice, { defaultKeySpec: 3 }), 'ERROR_INVALID_PARAMETER');
  refuses(() => editTemplate(twice, { certificatePolicies: ['x'] }), 'ERROR_INVALID_PARAMETER');
});

test('only keys that encrypt are archived', () => {
  const archive = ['msPKI-Private-Key-Flag', '+CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL'] as const;
  const user = edited(copyOf('User'), archive);
  assert.equal(hasFlag(user.privateKeyFlags, privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL')), true);
  assert.equal(user.privateKeyFlags, 0x1010011);
  assert.equal(edited(copyOf('EFS'), archive).privateKeyFlags & 1, 1);
  refuses(() => edited(copyOf('UserSignature'), archive), 'NTE_BAD_TYPE');
  refuses(() => edited(copyOf('UserSignature', 3), archive), 'NTE_BAD_TYPE');
  refuses(() => edited(copyOf('SubCA'), archive), 'NTE_BAD_TYPE');
  refuses(() => edited(copyOf('User'), ['pKIKeyUsage', '80 00'], archive), 'NTE_BAD_TYPE');
  refuses(() => edited(copyOf('User', 3), archive, ['msPKI-Asymmetric-Algorithm', 'ECDSA_P256']), 'NTE_BAD_TYPE');
  refuses(() => edited(copyOf('User', 3), archive, ['msPKI-Key-Usage', '2']), 'NTE_BAD_TYPE');
  // Taking the purpose away from a template that archives is the same fault.
  refuses(() => edited(user, ['pKIDefaultKeySpec', '2']), 'NTE_BAD_TYPE');
  assert.equal(
    edited(user, ['msPKI-Private-Key-Flag', '-CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL']).privateKeyFlags,
    0x1010010,
  );
});

test('the advanced symmetric algorithm needs a version 3 template', () => {
  const aes = [
    ['msPKI-Symmetric-Algorithm', 'AES'],
    ['msPKI-Symmetric-Key-Length', '256'],
  ] as const;
  for (const version of [3, 4] as const) {
    const template = edited(copyOf('User', version), ...aes);
    assert.deepEqual([template.symmetricAlgorithm, template.symmetricKeyLength], ['AES', 256]);
    const without = edited(template, ['msPKI-Symmetric-Algorithm', ''], ['msPKI-Symmetric-Key-Length', '']);
    assert.equal('symmetricAlgorithm' in without, false);
  }
  refuses(() => edited(copyOf('User', 2), ...aes), 'ERROR_NOT_SUPPORTED');
  refuses(
    () => edited(copyOf('User', 4), ...aes, ['msPKI-Private-Key-Flag', '+USE_LEGACY_PROVIDER']),
    'ERROR_NOT_SUPPORTED',
  );
  refuses(() => edited(copyOf('User', 3), aes[0]), 'NTE_BAD_ALGID');
  refuses(() => edited(copyOf('User', 3), aes[0], ['msPKI-Symmetric-Key-Length', '168']), 'NTE_BAD_ALGID');
  refuses(() => edited(copyOf('User', 3), ['msPKI-Symmetric-Algorithm', 'constructor'], aes[1]), 'NTE_BAD_ALGID');
});

test('edits as a person types them', () => {
  const copy = copyOf('User');
  assert.deepEqual(parseTemplateEdit('mspki-private-key-flag', '+require_private_key_archival'), {
    kind: 'flags',
    field: 'privateKeyFlags',
    operation: 'add',
    value: 1,
  });
  assert.equal(
    edited(copy, ['msPKI-Enrollment-Flag', '+PEND_ALL_REQUESTS,CT_FLAG_PUBLISH_TO_DS']).enrollmentFlags,
    0x2b,
  );
  assert.equal(edited(copy, ['msPKI-Enrollment-Flag', '-0x20']).enrollmentFlags, 0x9);
  assert.equal(edited(copy, ['msPKI-Enrollment-Flag', '0x2']).enrollmentFlags, 2);
  assert.equal(edited(copy, ['msPKI-Certificate-Name-Flag', '-2113929216']).nameFlags, 0x82000000);
  assert.equal(edited(copy, ['msPKI-Certificate-Name-Flag', '-SUBJECT_REQUIRE_DIRECTORY_PATH']).nameFlags, 0x26000000);
  assert.deepEqual(edited(copy, ['msPKI-Supersede-Templates', '+User, EFS']).supersededTemplates, ['User', 'EFS']);
  assert.deepEqual(edited(copy, ['pKIExtendedKeyUsage', '-1.3.6.1.5.5.7.3.2']).extendedKeyUsage, [
    '1.3.6.1.4.1.311.10.3.4',
    '1.3.6.1.5.5.7.3.4',
  ]);
  assert.deepEqual(edited(copy, ['pKIExtendedKeyUsage', '1.2.3']).extendedKeyUsage, ['1.2.3']);
  assert.equal(edited(copy, ['pKIExpirationPeriod', '2 years']).expirationPeriod, parsePeriod('730 Days'));
  assert.deepEqual(edited(copy, ['pKIKeyUsage', '20 00']).keyUsage, Uint8Array.of(0x20, 0));
  assert.equal(edited(copy, ['pKIMaxIssuingDepth', '-1']).maxIssuingDepth, -1);
  assert.equal(edited(copy, ['displayName', 'Mail users']).displayName, 'Mail users');
  for (const [attribute, text] of [
    ['msPKI-Private-Key-Flag', '+CT_FLAG_NONE'],
    ['msPKI-Private-Key-Flag', ''],
    ['msPKI-Minimal-Key-Size', '2k'],
    ['pKIExtendedKeyUsage', '+clientAuth'],
    ['pKIKeyUsage', '0'],
    ['pKIOverlapPeriod', 'soon'],
    ['cn', 'x'],
    ['revision', '7'],
    ['constructor', 'x'],
  ] as const)
    refuses(() => parseTemplateEdit(attribute, text), 'ERROR_INVALID_PARAMETER');
});
