/** What an enterprise CA looks for in the directory when it starts: its own certificates, where others look for them. */
import { formatHresult } from '#hresult/format';
import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { applicationEvent } from '../audit/application-events.ts';
import type { EventRecord } from '../audit/event-record.ts';
import type { Authority } from '../authority.ts';
import type { CaCertificate } from '../ca-certificate.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import type { Directory } from '../ports.ts';
import { type AuthorityObject, addToAuthorityObject } from '../publish/authority-object.ts';
import { aiaContainer, ntAuthCertificates } from '../template/templates-in-directory.ts';

type Checking = Pick<Authority, 'ports' | 'enterprise' | 'commonName' | 'certificates' | 'current'>;

/** Puts back what is missing; answers events 93 and 104 for what was, 106 for what cannot be put back. The CA starts all the same. */
export async function checkDirectory(authority: Checking): Promise<EventRecord[]> {
  const { certificates, commonName, current, enterprise, ports } = authority;
  if (!enterprise) return [];
  const { clock, directory } = ports;
  const events: EventRecord[] = [];
  const check = async (
    object: AuthorityObject,
    certificate: Pick<CaCertificate, 'index' | 'certificate'>,
    found: EventRecord,
  ) => {
    try {
      if (await isIn(directory, object.place, certificate.certificate.raw)) return;
      await addToAuthorityObject(directory, object, 'cACertificate', certificate.certificate.raw);
      events.push(found);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      const { hresult, message } = error;
      const code = formatHresult(hresult);
      events.push(applicationEvent(clock.now(), 106, String(certificate.index), object.place, message, code));
    }
  };
  const missing = (index: number) => applicationEvent(clock.now(), 93, String(index), commonName);
  const ntAuth = { place: ntAuthCertificates(directory), cn: 'NTAuthCertificates' };
  await check(ntAuth, current, missing(current.index));
  const cn = sanitizeShortName(commonName);
  const aia = { place: aiaContainer(directory, cn), cn };
  for (const each of certificates)
    await check(aia, each, applicationEvent(clock.now(), 104, String(each.index), aia.place));
  return events;
}

async function isIn(directory: Directory, place: string, certificate: Uint8Array): Promise<boolean> {
  const values = (await directory.object(place))?.attributes.get('cACertificate') ?? [];
  return values.some((value) => typeof value !== 'string' && isSameBytes(value, certificate));
}
