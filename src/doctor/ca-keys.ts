/** Where the CA's keys are, who may use them, and others like them that nobody needs. */
import type { Configuration } from '#ca/config/configuration';
import { mayUseKey } from '#ca/roles/key-access';
import { parseSddl } from '#ca/template/parse-sddl';
import { SID_AUTHENTICATED_USERS, SID_EVERYONE } from '#ca/template/well-known-sids';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { OwnKey, OwnKeys } from './own-keys.ts';

export function nameOf({ container, provider, entries }: OwnKey): string {
  return `The key ${container} of CA certificate ${entries.map(({ index }) => index).join(', ')} under ${provider}`;
}

/** Keys in several providers is what is left where only the newest one was moved. */
export function keyProviders({ keys, entries }: OwnKeys, configuration: Configuration): Diagnosis[] {
  const found: Diagnosis[] = [];
  const providers = [...new Set(keys.map(({ provider }) => provider))];
  const newest = keys.find((key) => key.entries.some((own) => own === entries.at(-1)));
  if (providers.length > 1) {
    const text = `The CA's keys are in ${providers.join(' and ')}: an earlier move took some of them only.`;
    const cure = `certhaven migrate keys --to "${newest?.provider ?? providers[0]}"`;
    found.push(diagnosis('warning', 'ca-keys-scattered', text, { cure }));
  }
  const configured = configuration.string('Provider', 'CSP');
  if (newest && configured !== newest.provider) {
    const text = `CA\\CSP\\Provider is ${configured}, and the newest key is under ${newest.provider}.`;
    const cure = `certutil -setreg "CA\\CSP\\Provider" "${newest.provider}"; AD CS does not start so (0x80090016)`;
    found.push(diagnosis('warning', 'ca-key-provider', text, { cure }));
  }
  return found;
}

/** Whoever signs in, or nobody in particular: S-1-5-32-545 is BUILTIN\Users. */
const EVERYBODY = new Set([SID_EVERYONE, SID_AUTHENTICATED_USERS, 'S-1-5-32-545']);

export function keyAccess({ keys }: OwnKeys): Diagnosis[] {
  return keys.flatMap((key) => {
    const found: Diagnosis[] = [];
    const [first] = key.entries;
    const { securityDescriptor } = key;
    if (securityDescriptor !== '' && mayUseKey(parseSddl(securityDescriptor), EVERYBODY)) {
      const cure = `certutil -repairstore my "${first!.serialNumber}" "D:(A;;GA;;;SY)(A;;GA;;;BA)"`;
      found.push(diagnosis('error', 'ca-key-open', `${nameOf(key)} may be used by everybody.`, { cure }));
    }
    if (key.exportable) {
      const text = `${nameOf(key)} is exportable: an administrator can take it away.`;
      const cure = 'certutil -importPFX with NoExport, from a backup; then delete what is left over';
      found.push(diagnosis('note', 'ca-key-exportable', text, { cure }));
    }
    return found;
  });
}
