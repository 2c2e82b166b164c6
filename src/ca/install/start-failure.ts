/** Why a CA did not start, in its own log. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { signatureDigestOf } from '../config/ca-signature-scheme.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import type { AuthorityPorts } from '../ports.ts';

/** Event 5 where the registry is to blame, 100 for certificate and key. Throws as `commit` where it cannot be written. */
export async function recordStartFailure({ clock, database }: AuthorityPorts, error: unknown): Promise<void> {
  if (!(error instanceof HresultError)) return;
  const configuration = await readConfiguration(database);
  const fault = registryFault(configuration);
  const record = fault
    ? applicationEvent(clock.now(), 5, statusText(fault))
    : applicationEvent(clock.now(), 100, configuration.required('CommonName'), statusText(error));
  await database.commit([{ append: 'Events', record }]);
}

/** What is missing or wrong among the values that a CA cannot start without. */
function registryFault(configuration: Configuration): HresultError | undefined {
  try {
    for (const name of ['CommonName', 'CAServerName']) configuration.required(name);
    configuration.dword('CAType');
    signatureDigestOf(configuration);
    if (configuration.strings('CACertHash').length > 0) return undefined;
    return hresult('ERROR_FILE_NOT_FOUND', 'The configuration value CA\\CACertHash is missing.');
  } catch (error) {
    if (error instanceof HresultError) return error;
    throw error;
  }
}
