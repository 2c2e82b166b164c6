import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { eventIdOption } from './event-id.ts';
import { withConfiguration } from './with-configuration.ts';

/** `certhaven events`: the application log. */
export async function run(context: CommandContext): Promise<Json> {
  const wanted = eventIdOption(context);
  return withConfiguration(context, async (configuration) => {
    const listed: Json[] = [];
    for await (const { index, time, source, eventId, level, text, variables } of configuration.eventLog()) {
      if (wanted !== undefined && wanted !== eventId) continue;
      context.out(`${index}  ${formatDate(time, { seconds: true })}  ${level}  ${source}  ${eventId}`);
      context.out(`    ${text}`);
      listed.push({ index, time: time.toISOString(), source, eventId, level, text, variables });
    }
    return listed;
  });
}
