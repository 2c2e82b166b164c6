import type { CertificationAuthority, OfficerEntry, OfficerRestriction } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

const EVERYONE = 'Everyone';

/** `certhaven restrict-manager`: without an account it lists; with one it sets what the account manages. */
export async function run(context: CommandContext): Promise<Json> {
  const [account, ...more] = context.arguments;
  const wanted = restrictionsOf(context);
  const isOff = context.flag('off');
  if (more.length > 0 || (account === undefined ? wanted !== undefined : isOff || wanted === undefined)) {
    throw hresult('ERROR_INVALID_PARAMETER', 'An account with what it manages, --off, or neither.', {
      hint: 'certhaven restrict-manager DOMAIN\\name --template Mail --group DOMAIN\\Staff',
    });
  }
  const authority = await context.connect(context.option('config'));
  try {
    if (account !== undefined) return await restrict(context, authority, account, wanted!);
    if (!isOff) return await list(context, authority);
    await authority.liftOfficerRestrictions();
    context.out('Every certificate manager manages all.');
    return { entries: null };
  } finally {
    await authority.close();
  }
}

/** What the options say; undefined where they say nothing. */
function restrictionsOf(context: CommandContext): readonly OfficerRestriction[] | undefined {
  const [templates, groups, except] = ['template', 'group', 'except'].map((name) => context.options(name));
  const all = context.flag('all');
  if (!all && templates!.length + groups!.length + except!.length === 0) return undefined;
  if (all && templates!.length + groups!.length > 0)
    throw hresult('ERROR_INVALID_PARAMETER', '--all leaves nothing to --template and --group.');
  const subjects = groups!.length > 0 ? groups! : [EVERYONE];
  return (templates!.length > 0 ? templates! : [undefined]).flatMap((template): OfficerRestriction[] => [
    ...(except!.length > 0 ? [{ type: 'deny', subjects: except!, template } as const] : []),
    { type: 'allow', subjects, template },
  ]);
}

async function restrict(
  { out }: CommandContext,
  authority: CertificationAuthority,
  account: string,
  restrictions: readonly OfficerRestriction[],
): Promise<Json> {
  const { accountName, unrestrictedThrough } = await authority.restrictOfficer(account, restrictions);
  for (const restriction of restrictions) out(sentence({ officer: accountName, ...restriction }));
  for (const group of unrestrictedThrough)
    out(`But as a member of ${group}, ${accountName} manages all: certhaven restrict-manager "${group}" ...`);
  return { accountName, restrictions: restrictions.map((each) => ({ ...each })), unrestrictedThrough };
}

async function list({ out }: CommandContext, authority: CertificationAuthority): Promise<Json> {
  const entries = await authority.officerRestrictions();
  if (entries === undefined) out('Every certificate manager manages all.');
  for (const entry of entries ?? []) out(sentence(entry));
  return { entries: entries?.map((entry) => ({ ...entry })) ?? null };
}

/** `CONTOSO\morgan manages CONTOSO\Staff by the template Mail.` */
function sentence({ type, officer, subjects, template }: OfficerEntry): string {
  const whom = subjects.includes(EVERYONE) ? 'everybody' : subjects.join(', ');
  const by = template === undefined ? '' : ` by the template ${template}`;
  return `${officer} ${type === 'allow' ? 'manages' : 'does not manage'} ${whom}${by}.`;
}
