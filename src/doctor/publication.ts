/** Places that CRLs and CA certificates are written to, left over from the home a CA was moved from. */
import { basename, dirname, isAbsolute } from 'node:path';
import type { Configuration } from '#ca/config/configuration';
import { CSURL } from '#ca/config/registry-flags';
import { parsePublicationUrl } from '#ca/config/url-variables';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { DoctorPlaces } from './ports.ts';

const LISTS = ['CRLPublicationURLs', 'CACertPublicationURLs'] as const;

/** A folder called as the published one, and somewhere else; whatever else an administrator writes to is his affair. */
export function publicationFolders(configuration: Configuration, { published }: DoctorPlaces): Diagnosis[] {
  return LISTS.flatMap((name) =>
    configuration.strings(name).flatMap((entry) => {
      const { flags, url } = parsePublicationUrl(entry);
      const folder = dirname(url);
      const isOther = isAbsolute(url) && basename(folder) === basename(published) && folder !== published;
      if ((flags & CSURL.SERVERPUBLISH) === 0 || !isOther) return [];
      const text = `CA\\${name} writes to ${folder}, and this machine serves ${published}: was that the CA's home before?`;
      const moved = `${flags}:${published}/${basename(url)}`;
      const set = `certutil -setreg "CA\\${name}"`;
      const cure = `${set} "-${entry}"; ${set} "+${moved}"; certutil -CRL`;
      return [diagnosis('warning', 'publication-folder', text, { cure })];
    }),
  );
}
