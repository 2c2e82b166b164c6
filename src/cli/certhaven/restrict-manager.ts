import type { CertificationAuthority, OfficerEntry, OfficerRestriction, RestrictionKind } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

const EVERYONE = 'Everyone';

/** How the two commands put it. */
interface Wording {
  readonly command: string;
  readonly free: string;
  readonly allow: string;
  readonly deny: string;
}

const WORDING: Readonly<Record<RestrictionKind, Wording>> = {
  OfficerRights: {
    command: 'restrict-manager',
    free: 'Every certificate manager manages all.',
    allow: 'manages',
    deny: 'does not manage',
  },
  EnrollmentAgentRights: {
    command: 'restrict-agent',
    free: 'Every enrollment agent asks for everybody.',
    allow: 'asks for',
    deny: 'does not ask for',
  },
};

/** `certhaven restrict-manager`: without an account it lists; with one it sets what the account manages. */
export function run(context: CommandContext): Promise<Json> {
  return runRestriction(context, 'OfficerRights');
}

/** The same for those who enroll on behalf of others. */
export async function runRestriction(context: CommandContext, kind: RestrictionKind): Promise<Json> {
  const words = WORDING[kind];
  const [account, ...more] = context.arguments;
  const wanted = restrictionsOf(context);
  const isOff = context.flag('off');
  if (more.length > 0 || (account === undefined ? wanted !== undefined : isOff || wanted === undefined)) {
    throw hresult('ERROR_INVALID_PARAMETER', `An account with what it ${words.allow}, --off, or neither.`, {
      hint: `certhaven ${words.command} DOMAIN\\name --template Mail --group DOMAIN\\Staff`,
    });
  }
  const authority = await context.connect(context.option('config'));
  try {
    if (account !== undefined) return await restrict(context, authority, kind, account, wanted!);
    if (!isOff) return await list(context, authority, kind);
    await authority.liftOfficerRestrictions(kind);
    context.out(words.free);
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
  kind: RestrictionKind,
  account: string,
  restrictions: readonly OfficerRestriction[],
): Promise<Json> {
  const { accountName, unrestrictedThrough } = await authority.restrictOfficer(kind, account, restrictions);
  for (const restriction of restrictions) out(sentence(kind, { officer: accountName, ...restriction }));
  for (const group of unrestrictedThrough)
    out(`But as a member of ${group}, ${accountName} is free: certhaven ${WORDING[kind].command} "${group}" ...`);
  return { accountName, restrictions: restrictions.map((each) => ({ ...each })), unrestrictedThrough };
}

async function list({ out }: CommandContext, authority: CertificationAuthority, kind: RestrictionKind): Promise<Json> {
  const entries = await authority.officerRestrictions(kind);
  if (entries === undefined) out(WORDING[kind].free);
  for (const entry of entries ?? []) out(sentence(kind, entry));
  return { entries: entries?.map((entry) => ({ ...entry })) ?? null };
}

/** `CONTOSO\morgan manages CONTOSO\Staff by the template Mail.` */
function sentence(kind: RestrictionKind, { type, officer, subjects, template }: OfficerEntry): string {
  const whom = subjects.includes(EVERYONE) ? 'everybody' : subjects.join(', ');
  const by = template === undefined ? '' : ` by the template ${template}`;
  return `${officer} ${WORDING[kind][type]} ${whom}${by}.`;
}
