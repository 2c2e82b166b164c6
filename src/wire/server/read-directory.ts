/**
 * The directory as one caller sees it. Whoever has signed in reads it, as Authenticated Users do in Active Directory;
 * templates he only sees where they grant him Read.
 */
import type { Directory, DirectoryObject, DirectoryPrincipal } from '#ca/ports';
import { hasRight } from '#ca/template/access';
import { decodeTemplateAttributes } from '#ca/template/attributes';
import type { DirectoryReading } from '../directory-methods.ts';

export function readDirectoryAs(directory: Directory, caller: DirectoryPrincipal): DirectoryReading {
  const token = [caller.sid, ...caller.groupSids];
  const isVisible = (object: DirectoryObject) =>
    !isTemplate(object) || hasRight(decodeTemplateAttributes(object), token, 'read');
  return {
    changeNumber: (container) => directory.changeNumber(container),
    findPrincipals: (name) => directory.findPrincipals(name),
    object: async (distinguishedName) => {
      const object = await directory.object(distinguishedName);
      return object && isVisible(object) ? object : undefined;
    },
    children: async (distinguishedName) => (await directory.children(distinguishedName)).filter(isVisible),
  };
}

function isTemplate({ attributes }: DirectoryObject): boolean {
  return (attributes.get('objectClass') ?? []).some(
    (value) => String(value).toLowerCase() === 'pkicertificatetemplate',
  );
}
