/**
 * A renewal that was begun, as the configuration remembers it until its certificate is in use: values that AD CS has for the
 * same purpose (RequestId, RequestKeyContainer, RequestKeyIndex).
 */
import type { Configuration } from '../config/configuration.ts';
import type { KeyLocation, Write } from '../ports.ts';

export interface OutstandingRenewal {
  readonly requestId: number;
  readonly keyIndex: number;
  readonly key: KeyLocation;
  /** The key was made for this renewal, and goes with it. */
  readonly isNewKey: boolean;
}

const VALUES = [
  'RequestId',
  'RequestKeyIndex',
  'RequestKeyContainer',
  'RequestKeyProvider',
  'RequestKeySpec',
  'RequestNewKey',
] as const;

export function outstandingRenewal(configuration: Configuration): OutstandingRenewal | undefined {
  const requestId = configuration.dword('RequestId');
  const container = configuration.string('RequestKeyContainer');
  const provider = configuration.string('RequestKeyProvider');
  if (requestId === undefined || container === undefined || provider === undefined) return undefined;
  const keySpec = configuration.dword('RequestKeySpec');
  return {
    requestId,
    keyIndex: configuration.dword('RequestKeyIndex') ?? 0,
    key: { provider, container, keySpec: keySpec === 1 || keySpec === 2 ? keySpec : 0 },
    isNewKey: configuration.dword('RequestNewKey') === 1,
  };
}

export function rememberRenewal({ requestId, keyIndex, key, isNewKey }: OutstandingRenewal): Write[] {
  const values: Record<(typeof VALUES)[number], number | string> = {
    RequestId: requestId,
    RequestKeyIndex: keyIndex,
    RequestKeyContainer: key.container,
    RequestKeyProvider: key.provider,
    RequestKeySpec: key.keySpec,
    RequestNewKey: isNewKey ? 1 : 0,
  };
  return VALUES.map((name): Write => {
    const data = values[name];
    const value =
      typeof data === 'number' ? ({ type: 'REG_DWORD', data } as const) : ({ type: 'REG_SZ', data } as const);
    return { set: 'Registry', path: '', name, value };
  });
}

export function forgetRenewal(): Write[] {
  return VALUES.map((name): Write => ({ remove: 'Registry', path: '', name }));
}
