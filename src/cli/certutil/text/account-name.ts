import type { Directory } from '#ca/ports';
import { WELL_KNOWN_SIDS } from '#ca/template/well-known-sids';

/** `DOMAIN\name` of a SID; the SID itself where nobody knows it. */
export async function accountName(sid: string, directory: Directory | undefined): Promise<string> {
  const known = WELL_KNOWN_SIDS.find((candidate) => candidate.sid === sid);
  if (known) return known.accountName;
  const [principal] = (await directory?.findPrincipals(sid)) ?? [];
  return principal?.accountName ?? sid;
}
