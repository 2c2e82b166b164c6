/** What of an exported configuration names the machine it was made on. */
import type { ExportedConfiguration } from '#ca/config/exported-configuration';
import { type Diagnosis, diagnosis } from '../finding.ts';

const LISTS = ['CRLPublicationURLs', 'CACertPublicationURLs'] as const;
const FOLDERS = ['DBDirectory', 'DBLogDirectory', 'DBSystemDirectory', 'DBTempDirectory'] as const;

export function namesOfMachine({ configuration, machine }: ExportedConfiguration): Diagnosis[] {
  const found: Diagnosis[] = [];
  const server = configuration.string('CAServerName')?.toLowerCase() ?? '';
  for (const name of LISTS) {
    for (const written of configuration.strings(name)) {
      const host = hostOf(written);
      if (host === undefined) continue;
      const cure = `edit it in the file; %1 stands for the machine wherever the CA is: certutil -setreg "CA\\${name}"`;
      if (isSameMachine(host, server)) {
        const text = `CA\\${name} has ${written}, which names this machine, ${host}: on another one it is to be edited.`;
        found.push(diagnosis('warning', 'publication-host', text, { cure }));
      } else if (isNeighbour(host, server)) {
        const text = `CA\\${name} has ${written}, and CAServerName is ${server}: is ${host} the name it had before?`;
        found.push(diagnosis('warning', 'publication-host', text, { cure }));
      }
    }
  }
  for (const name of FOLDERS) {
    const folder = machine.string(name);
    if (folder === undefined) continue;
    const cure = 'make the folder on the new machine, or edit the value';
    found.push(diagnosis('note', 'database-path', `${name} is ${folder}.`, { cure }));
  }
  return found;
}

/** Of `2:http://HOST/…`, `65:\\HOST\…`; undefined for a variable, for ldap:/// and for a path. */
function hostOf(written: string): string | undefined {
  const place = written.replace(/^\d+:/, '');
  const host = /^(?:[a-z]+:\/\/|\\\\)([^/\\:%]+)[/\\:]/i.exec(place)?.[1];
  return host?.toLowerCase();
}

function isSameMachine(host: string, server: string): boolean {
  return server !== '' && (host === server || host === server.split('.')[0]);
}

/** Of the same domain, or without one: a name that the world is given, such as pki.example.com, is rarely beside the CA's. */
function isNeighbour(host: string, server: string): boolean {
  const [, ...domain] = server.split('.');
  const [, ...other] = host.split('.');
  return server !== '' && (other.length === 0 || (domain.length > 0 && other.join('.') === domain.join('.')));
}
