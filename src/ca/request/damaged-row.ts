import { isHresult } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { Authority } from '../authority.ts';

/** Reads what the row of a request holds, by its number or serial number; where it is not what was recorded, event 21 tells it before anybody hears of it. */
export async function tellingDamage<T>(
  authority: Pick<Authority, 'ports' | 'unfinished'>,
  request: number | string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isHresult(error, 'ERROR_INVALID_DATA')) {
      const now = authority.ports.clock.now();
      await authority.unfinished.tell(authority, applicationEvent(now, 21, String(request), statusText(error), ''));
    }
    throw error;
  }
}
