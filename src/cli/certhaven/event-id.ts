import { hresult } from '#hresult/hresult-error';
import type { CommandContext } from './context.ts';

/** `--event ID`. Throws ERROR_INVALID_PARAMETER. */
export function eventIdOption(context: Pick<CommandContext, 'option'>): number | undefined {
  const text = context.option('event');
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,4}$/.test(text)) return Number(text);
  throw hresult('ERROR_INVALID_PARAMETER', `--event ${text} is no number of an event.`, {
    hint: 'for example 4883, or 787 as Windows Server 2003 counted',
  });
}
