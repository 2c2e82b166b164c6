import { hresult } from '#hresult/hresult-error';

/** What a change of the directory from another machine is answered with. */
export function remoteDirectoryFault(): Error {
  return hresult('ERROR_NOT_SUPPORTED', 'The directory is not changed from another machine.', {
    hint: 'run it on the machine of the CA',
  });
}
