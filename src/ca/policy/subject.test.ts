import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectoryPrincipal } from '../ports.ts';
import { builtInTemplates } from '../template/built-in.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { nameFlag } from '../template/flags.ts';
import { subjectFromDirectory } from './subject.ts';

const [anyTemplate] = builtInTemplates({ oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid: 'S-1-5-21-1-2-3' });

/** Of a directory of another make: everything but a name may be missing. */
const BARE: DirectoryPrincipal = {
  accountName: 'CONTOSO\\bare',
  sid: 'S-1-5-21-1-2-3-1105',
  kind: 'user',
  object: { distinguishedName: 'CN=bare,DC=contoso,DC=com', attributes: new Map() },
  groupSids: [],
};

function asking(flag: Parameters<typeof nameFlag>[0]): CertificateTemplate {
  return { ...anyTemplate!, nameFlags: nameFlag(flag) };
}

test('each name that a template asks for and the directory lacks has a code of its own', () => {
  const codes = [
    ['CT_FLAG_SUBJECT_ALT_REQUIRE_DIRECTORY_GUID', 'CERTSRV_E_SUBJECT_DIRECTORY_GUID_REQUIRED'],
    ['CT_FLAG_SUBJECT_ALT_REQUIRE_UPN', 'CERTSRV_E_SUBJECT_UPN_REQUIRED'],
    ['CT_FLAG_SUBJECT_ALT_REQUIRE_EMAIL', 'CERTSRV_E_SUBJECT_EMAIL_REQUIRED'],
    ['CT_FLAG_SUBJECT_ALT_REQUIRE_DNS', 'CERTSRV_E_SUBJECT_DNS_REQUIRED'],
  ] as const;
  for (const [flag, symbol] of codes) assert.throws(() => subjectFromDirectory(asking(flag), BARE), { symbol });
});

test('an objectGUID of the directory stands in the alternative name', () => {
  const guid = Uint8Array.from({ length: 16 }, (_, i) => i);
  const principal = { ...BARE, object: { ...BARE.object, attributes: new Map([['objectGUID', [guid]]]) } };
  const { subjectAltName } = subjectFromDirectory(asking('CT_FLAG_SUBJECT_ALT_REQUIRE_DIRECTORY_GUID'), principal);
  assert.equal(subjectAltName.length, 1);
});
