import { ACE_TYPE, isTrusteeAce } from '../template/access-control-entry.ts';
import type { SecurityDescriptor } from '../template/security-descriptor.ts';

/** FILE_READ_DATA, GENERIC_ALL, GENERIC_READ: whoever may read a key's file may use the key. */
const USE = 0x1 | 0x10000000 | 0x80000000;

/** Whether one of these may use a key of this descriptor: entries count in their order, as MS-DTYP 2.5.3.2 has it. */
export function mayUseKey({ dacl }: SecurityDescriptor, sids: ReadonlySet<string>): boolean {
  for (const ace of dacl ?? []) {
    if (!isTrusteeAce(ace) || !sids.has(ace.sid) || (ace.mask & USE) === 0) continue;
    return ace.type === ACE_TYPE.ACCESS_ALLOWED;
  }
  return dacl === undefined;
}
