/** Settings of AD CS that hand an enrollee another's identity. What an import brings of them has no effect here. */
import { hresult } from '#hresult/hresult-error';
import { EXTENSIONS } from '#pki/x509/extensions/extension-table';
import type { RegistryValue } from '../ports.ts';
import { EDITF } from './registry-flags.ts';
import { POLICY_MODULE } from './registry-values.ts';

/** Throws ERROR_NOT_SUPPORTED for a value that turns on what was off; one that was there may stay, or go. */
export function requireSafeSetting(
  path: string,
  name: string,
  value: RegistryValue,
  before: RegistryValue | undefined,
): void {
  if (path.toLowerCase() !== POLICY_MODULE.toLowerCase()) return;
  if (letsRequestsNameSubjects(name, value) && !(before && letsRequestsNameSubjects(name, before))) {
    throw hresult(
      'ERROR_NOT_SUPPORTED',
      'ESC6: EDITF_ATTRIBUTESUBJECTALTNAME2 lets whoever enrolls name anybody in his certificate.',
      {
        hint: 'ask for the names in the request, by a template that leaves the subject to it and has a manager approve',
      },
    );
  }
  if (leavesOutHolder(name, value) && !(before && leavesOutHolder(name, before))) {
    throw hresult('ERROR_NOT_SUPPORTED', 'ESC16: without the SID of its holder a certificate may sign in as another.', {
      hint: `leave ${EXTENSIONS.ntdsCaSecurity.oid} out of DisableExtensionList`,
    });
  }
}

function letsRequestsNameSubjects(name: string, value: RegistryValue): boolean {
  if (name.toLowerCase() !== 'editflags' || value.type !== 'REG_DWORD') return false;
  return (value.data & EDITF.ATTRIBUTESUBJECTALTNAME2) !== 0;
}

function leavesOutHolder(name: string, value: RegistryValue): boolean {
  if (name.toLowerCase() !== 'disableextensionlist' || value.type !== 'REG_MULTI_SZ') return false;
  return value.data.includes(EXTENSIONS.ntdsCaSecurity.oid);
}
