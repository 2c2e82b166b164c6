import type { Authority, Caller } from '../authority.ts';
import type { Intake } from './intake.ts';

/**
 * Whose certificate a request becomes: its caller's, or the one's for whom an enrollment agent signed it. Where that is
 * nobody, or several, or a group, the caller stands for him and policy refuses. Whether the agent may is policy's business.
 */
export async function requesterOf(authority: Authority, caller: Caller, { onBehalfOf }: Intake): Promise<Caller> {
  if (!authority.enterprise || onBehalfOf === undefined) return caller;
  const [only, ...others] = await authority.ports.directory.findPrincipals(onBehalfOf.requesterName);
  return only && others.length === 0 && only.kind !== 'group' ? only : caller;
}
