import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -SetCATemplates [+|-]Template,...`: adds, takes away, or replaces what the CA issues. */
export async function run(context: CertutilContext): Promise<Json> {
  const { operation, names } = parseChange(context.args[0]!);
  return withAuthority(context, async (authority) => {
    const before = (await authority.templates()).map(({ commonName }) => commonName);
    const given = new Set(names.map((name) => name.toLowerCase()));
    const others = before.filter((name) => !given.has(name.toLowerCase()));
    if (operation === 'remove' && others.length !== before.length - given.size) {
      const issued = new Set(before.map((name) => name.toLowerCase()));
      const missing = names.filter((name) => !issued.has(name.toLowerCase()));
      throw hresult('CERTSRV_E_UNSUPPORTED_CERT_TYPE', `The CA does not issue by ${missing.join(', ')}.`, {
        hint: 'certutil -CATemplates lists those it issues by',
      });
    }
    const after = operation === 'set' ? names : operation === 'add' ? [...others, ...names] : others;
    await authority.setTemplates(after);
    return { before, after: (await authority.templates()).map(({ commonName }) => commonName) };
  });
}

function parseChange(text: string): { operation: 'set' | 'add' | 'remove'; names: string[] } {
  const operation = text.startsWith('+') ? 'add' : text.startsWith('-') ? 'remove' : 'set';
  const list = operation === 'set' ? text : text.slice(1);
  const names = list.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw hresult('ERROR_INVALID_PARAMETER', `"${text}" holds an empty template name.`, {
      hint: 'such as +EFS,User to add, -User to remove; without a sign the list replaces what was there',
    });
  return { operation, names };
}
