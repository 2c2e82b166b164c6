import { hresult } from '#hresult/hresult-error';
import { domainDistinguishedName } from './distinguished-name.ts';

/** What a domain is called, before anything is made of it. Throws ERROR_INVALID_PARAMETER for names that are none. */
export function requireDomainNames(dnsName: string, netbiosName: string): void {
  domainDistinguishedName(dnsName);
  if (!/^[A-Za-z0-9][A-Za-z0-9!#$%^&'(){}_~-]{0,14}$/.test(netbiosName))
    throw hresult('ERROR_INVALID_PARAMETER', `"${netbiosName}" is no NetBIOS name of 1 to 15 characters.`, {
      hint: 'letters and digits, such as --netbios EXAMPLE',
    });
}
