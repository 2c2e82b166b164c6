/** What a service tells everybody of its CA: enough to decide on trust, and to name the CA and its domain afterwards. */
import type { Directory } from '#ca/ports';
import { bytes, list, record, text } from './shape.ts';

export interface KnownAuthority {
  /** `HOST\CA`. */
  readonly config: string;
  readonly domain: Directory['domain'];
  readonly configurationDN: string;
  /** The CA's own certificates, the newest first. */
  readonly certificates: readonly Uint8Array[];
  /** Of each of its keys by the one before: a root that is new to who trusts an old one is proved by them. */
  readonly crossCertificates: readonly Uint8Array[];
  readonly productVersion: string;
}

export const KNOWN_AUTHORITY = record<KnownAuthority>({
  config: text,
  domain: record<KnownAuthority['domain']>({ netbiosName: text, dnsName: text, sid: text }),
  configurationDN: text,
  certificates: list(bytes),
  crossCertificates: list(bytes),
  productVersion: text,
});
