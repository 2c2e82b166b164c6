import type { TokenInfo } from '#directory/sign-in';
import { hresult } from '#hresult/hresult-error';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { accountInQuestion, requireOwnAccount } from './own-account.ts';

interface Tokens {
  tokens(): Promise<readonly TokenInfo[]>;
  revokeToken(id: string): Promise<boolean>;
}

export async function run(context: CommandContext): Promise<Json> {
  const tokens = await tokensInQuestion(context);
  const id = context.option('revoke');
  return id === undefined ? list(context, await tokens.tokens()) : revoke(context, tokens, id);
}

async function tokensInQuestion(context: CommandContext): Promise<Tokens> {
  if (await context.isJoined()) {
    await requireOwnAccount(context);
    return context.account();
  }
  const { sid } = await accountInQuestion(context);
  const credentials = await context.credentials();
  return {
    tokens: () => credentials.tokens(sid),
    revokeToken: (id) => credentials.revokeToken(sid, id),
  };
}

function list({ out }: CommandContext, tokens: readonly TokenInfo[]): Json {
  for (const { id, created, expires, description } of tokens)
    out(`${id}  ${formatDate(created)}  until ${formatDate(expires)}  ${description}`);
  if (tokens.length === 0) out('No sign-ins.');
  return tokens.map(({ id, created, expires, description }) => ({
    id,
    created: created.toISOString(),
    expires: expires.toISOString(),
    description,
  }));
}

async function revoke({ out }: CommandContext, tokens: Tokens, id: string): Promise<Json> {
  if (!(await tokens.revokeToken(id)))
    throw hresult('ERROR_NOT_FOUND', `The account has no sign-in ${id}.`, { hint: 'certhaven tokens lists them' });
  out(`Sign-in ${id} ended.`);
  return { id };
}
