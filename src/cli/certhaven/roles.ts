import type { RoleHolder } from '#ca/api';
import { formatRights } from '#ca/roles/rights';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { withConfiguration } from './with-configuration.ts';

/** `certhaven roles`: who holds which role, and who has none of them because he holds several. */
export async function run(context: CommandContext): Promise<Json> {
  return withConfiguration(context, async (configuration) => {
    const { isSeparated, isSeparatedAtStart, holders } = await configuration.roles();
    context.out(`Role separation: ${isSeparated ? 'on' : 'off'}`);
    if (isSeparated !== isSeparatedAtStart)
      context.out(`When the CA starts again: ${isSeparatedAtStart ? 'on' : 'off'}`);
    const isRefused = ({ roles }: RoleHolder) => isSeparated && roles.length > 1;
    for (const holder of holders) {
      const { accountName, kind, roles } = holder;
      const members = kind === 'group' ? ' (all its members)' : '';
      context.out(
        `  ${accountName}${members}: ${formatRights(roles)}${isRefused(holder) ? ' - refused each of them' : ''}`,
      );
    }
    return {
      isSeparated,
      isSeparatedAtStart,
      holders: holders.map((holder) => ({ ...holder, isRefused: isRefused(holder) })),
    };
  });
}
