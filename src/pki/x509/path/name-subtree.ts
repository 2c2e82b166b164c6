import type { GeneralName } from '../general-name.ts';
import { isWithinName } from '../name.ts';

/**
 * Whether a name lies in the subtree of a constraint's base of the same type (RFC 5280 §4.2.1.10); undefined where this
 * cannot be told, which counts against the certificate.
 */
export function isWithinSubtree(name: GeneralName, base: GeneralName): boolean | undefined {
  if (name.type === 'directoryName' && base.type === 'directoryName') return isWithinName(name.value, base.value);
  if (name.type === 'dNSName' && base.type === 'dNSName') return isWithinDomain(name.value, base.value);
  if (name.type === 'rfc822Name' && base.type === 'rfc822Name') return isWithinMailDomain(name.value, base.value);
  if (name.type === 'uniformResourceIdentifier' && base.type === 'uniformResourceIdentifier') {
    return isWithinUriHost(name.value, base.value);
  }
  if (name.type === 'iPAddress' && base.type === 'iPAddress') return isWithinNetwork(name.value, base.value);
  return undefined;
}

/** Zero or more labels added on the left; a base with a leading dot, which RFC 5280 does not know, asks for one at least. */
function isWithinDomain(name: string, base: string): boolean {
  const host = name.toLowerCase();
  const domain = base.toLowerCase();
  if (domain === '' || host === domain) return true;
  return host.endsWith(domain.startsWith('.') ? domain : `.${domain}`);
}

/** A host exactly, or with a leading dot any host below it. */
function isWithinHost(host: string, base: string): boolean {
  const domain = base.toLowerCase();
  return domain.startsWith('.') ? host.toLowerCase().endsWith(domain) : host.toLowerCase() === domain;
}

function isWithinMailDomain(mailbox: string, base: string): boolean | undefined {
  const at = mailbox.lastIndexOf('@');
  if (at < 1) return undefined;
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0) return isWithinHost(mailbox.slice(at + 1), base);
  return (
    mailbox.slice(0, at) === base.slice(0, baseAt) &&
    mailbox.slice(at + 1).toLowerCase() === base.slice(baseAt + 1).toLowerCase()
  );
}

/** RFC 5280: a URI without a host, or with an address for one, is not acceptable under a constraint on URIs. */
function isWithinUriHost(uri: string, base: string): boolean | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::[0-9]*)?(?:[/?#]|$)/i.exec(uri)?.[1];
  if (host === undefined || /^[0-9.]+$/.test(host)) return undefined;
  return isWithinHost(host, base);
}

/** The base is an address and a mask of the same length. */
function isWithinNetwork(address: Uint8Array, base: Uint8Array): boolean | undefined {
  if (base.length !== 8 && base.length !== 32) return undefined;
  if (address.length !== base.length / 2) return false;
  return address.every((octet, i) => ((octet ^ base[i]!) & base[address.length + i]!) === 0);
}
