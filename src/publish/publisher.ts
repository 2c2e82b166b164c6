import { dirname } from 'node:path';
import type { Directory, Publisher } from '#ca/ports';
import { makeDirectory, replaceFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import { parsePlace } from './place.ts';

/** Publishes to files and to the directory. */
export function createPublisher(directory: Directory): Publisher {
  return {
    async publish(place, content) {
      const target = parsePlace(place);
      switch (target.kind) {
        case 'file':
          await makeDirectory(dirname(target.path));
          await replaceFile(target.path, content, 0o644);
          return;
        case 'ldap':
          await publishToDirectory(directory, target, content);
          return;
        case 'http':
          throw hresult(
            'ERROR_NOT_SUPPORTED',
            `${target.url}: CRLs are not sent over HTTP; a web server serves the published file.`,
          );
      }
    },
  };
}

async function publishToDirectory(
  directory: Directory,
  { distinguishedName, attribute, objectClass }: Extract<ReturnType<typeof parsePlace>, { kind: 'ldap' }>,
  content: Uint8Array,
): Promise<void> {
  const values = new Map<string, readonly (string | Uint8Array)[]>([[attribute, [content]]]);
  if (await directory.object(distinguishedName)) {
    // A CA that was renewed has several certificates, and what the earlier ones signed still leads to them.
    if (attribute.toLowerCase() === 'cacertificate')
      return directory.addValues(distinguishedName, attribute, [content]);
  } else {
    const parent = distinguishedName.slice(distinguishedName.search(/(?<!\\),/) + 1);
    if ((await directory.object(parent)) === undefined) {
      await directory.put(parent, new Map([['objectClass', ['top', 'container']]]));
    }
    values.set('objectClass', ['top', objectClass]);
  }
  await directory.put(distinguishedName, values);
}
