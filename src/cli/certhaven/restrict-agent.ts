import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { runRestriction } from './restrict-manager.ts';

/** `certhaven restrict-agent`: for whom an enrollment agent asks. */
export function run(context: CommandContext): Promise<Json> {
  return runRestriction(context, 'EnrollmentAgentRights');
}
