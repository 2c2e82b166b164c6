import type { CaRight } from '#ca/roles/rights';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

const RIGHTS: Readonly<Record<string, CaRight>> = {
  'manage-ca': 'Administrator',
  'manage-certificates': 'Officer',
  audit: 'Auditor',
  backup: 'Operator',
  read: 'Read',
  enroll: 'Enroll',
};

export async function run(context: CommandContext): Promise<Json> {
  const [account, ...words] = context.arguments;
  if (account === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', 'An account is expected.', {
      hint: 'such as certhaven permit DOMAIN\\name manage-certificates; certhaven roles lists who may what',
    });
  const rights = words.map((word) => {
    const right = RIGHTS[word.toLowerCase()];
    if (right) return right;
    throw hresult('ERROR_INVALID_PARAMETER', `${word} is no right on the CA.`, {
      hint: `rights: ${Object.keys(RIGHTS).join(', ')}`,
    });
  });
  const authority = await context.connect(context.option('config'));
  try {
    await authority.setRights(account, rights);
  } finally {
    await authority.close();
  }
  context.out(
    rights.length > 0 ? `${account} may ${words.join(', ')}.` : `${account} has no rights of its own on the CA.`,
  );
  return { account, rights: [...words] };
}
