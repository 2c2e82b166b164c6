/** `certhaven migrate keys`: a plan, and with --yes what it says; `certhaven migrate wipe`: a file with keys that nobody needs. */
import { CNG_HASH_NAMES } from '#ca/config/ca-signature-scheme';
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { Finding, KeyMigration, Migration, MigrationPlan, MoveResult } from '#migrate/api';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { findingJson, printFinding } from './findings.ts';
import { newPassword } from './new-password.ts';
import { firstLine } from './password-file.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [what, ...rest] = context.arguments;
  const migration = await context.keyMigration();
  if (what === 'keys' && rest.length === 0) return moveKeys(context, migration);
  if (what === 'wipe' && rest.length > 0) return wipe(context, migration, rest);
  throw hresult('ERROR_INVALID_PARAMETER', what === undefined ? 'It says not what to do.' : `${what}: not so.`, {
    hint: 'certhaven migrate keys --to PROVIDER, or certhaven migrate wipe FILE...',
  });
}

async function wipe({ out }: CommandContext, migration: KeyMigration, files: readonly string[]): Promise<Json> {
  for (const file of files) {
    await migration.wipe(file);
    out(`${file} wiped.`);
  }
  return { wiped: [...files] };
}

async function moveKeys(context: CommandContext, migration: KeyMigration): Promise<Json> {
  const { flag, option, out } = context;
  const progress = (step: string) => {
    if (STEP_TEXTS[step] !== undefined) out(STEP_TEXTS[step]);
  };
  if (flag('undo')) {
    await migration.undo(progress);
    out('Everything is as it was before the move.');
    return { undone: true };
  }
  if (flag('resume')) {
    return moved(context, await migration.resume(() => backupPassword(context), progress));
  }
  const to = option('to');
  if (to === undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', 'Where the keys are to go is missing.', {
      hint: '--to KSP, or the name of another provider: certutil -csplist',
    });
  }
  const planned = await migration.plan({
    to,
    hash: hashOf(option('hash')),
    noExport: flag('no-export'),
    backup: option('backup'),
  });
  try {
    show(context, planned);
    const refusal = planned.findings.find(({ severity }) => severity === 'error');
    if (refusal || planned.plan === undefined) throw asError(refusal);
    const told = { to: planned.plan.to, ...planJson(planned) };
    if (isNothing(planned.plan)) {
      out('There is nothing to move.');
      return { ...told, isMoved: false };
    }
    if (!flag('yes')) {
      out('Nothing was changed. --yes carries it out.');
      return { ...told, isMoved: false };
    }
    const password = planned.plan.backedUp.length > 0 ? await backupPassword(context) : '';
    const result = await planned.move({ password, wipesBackup: flag('wipe-backup'), progress });
    return { ...told, ...moved(context, result), isMoved: true };
  } finally {
    await planned.close();
  }
}

/** As CNGHashAlgorithm names it. Throws NTE_BAD_ALGID. */
function hashOf(text: string | undefined): string | undefined {
  const name = text?.toUpperCase().replace('-', '');
  if (name === undefined || CNG_HASH_NAMES.includes(name)) return name;
  throw hresult('NTE_BAD_ALGID', `--hash ${text} is no hash.`, { hint: `One of ${CNG_HASH_NAMES.join(', ')}.` });
}

/** From a file of one line, else asked for. Throws ERROR_INVALID_PASSWORD. */
async function backupPassword(context: CommandContext): Promise<string> {
  const file = context.option('password-file');
  const password = file === undefined ? await newPassword(context, 'the backup') : await firstLine(context, file);
  if (password.length > 0 && password.length <= LONGEST_PASSWORD) return password;
  throw hresult('ERROR_INVALID_PASSWORD', `The password of a backup has 1 to ${LONGEST_PASSWORD} characters.`, {
    hint: 'choose one that certutil -restoreKey takes as well',
  });
}

/** What -restoreKey of AD CS reads. */
const LONGEST_PASSWORD = 32;

const STEP_TEXTS: Readonly<Record<string, string>> = {
  'backup opened': 'Backup written, opened again, and each key in it compared.',
  copied: 'Keys copied; each signs, and its old public key verifies.',
  switched: 'Certificates and settings point to the new provider.',
  proved: 'The CA starts, signs a certificate and CRLs with the new keys, and they verify.',
  undoing: 'It failed: what was done is taken back.',
  'copies removed': 'The CA starts with its old keys; the copies are removed.',
  cleaned: 'Old keys deleted.',
};

function show({ out }: CommandContext, { findings, plan, backup }: Migration): void {
  for (const finding of findings) printFinding(out, finding);
  // A plan beside an error would be one of the keys that are left.
  if (plan === undefined || isNothing(plan) || findings.some(({ severity }) => severity === 'error')) return;
  if (findings.length > 0) out();
  out(`Plan: the keys of the CA to ${plan.to}`);
  let number = 1;
  if (plan.backedUp.length > 0) out(`  ${number++}. back up all of them to ${backup}, and open it`);
  for (const { from, to, isThere, exportable } of plan.keys)
    out(
      `  ${number++}. ${isThere ? 'use' : 'copy'} ${place(to)}, from ${from.provider}${exportable ? '' : '; not exportable'}`,
    );
  for (const { index, serialNumber, after } of plan.entries)
    out(`  ${number++}. certificate ${index} (${serialNumber}): ${place(after)}`);
  for (const { path, name, before, after } of plan.settings) {
    const was = before === null ? 'absent' : value(name, before.data);
    out(`  ${number++}. CA\\${path}\\${name}: ${was} -> ${value(name, after.data)}`);
  }
  out(
    `  ${number++}. start the CA, sign with each key, issue an exchange certificate and CRLs, verify them (${plan.hash})`,
  );
  for (const { from } of plan.keys) out(`  ${number++}. delete ${place(from)} of ${from.provider}`);
}

function place({ container, keySpec }: { readonly container: string; readonly keySpec: number }): string {
  return `${container} (KeySpec ${keySpec})`;
}

function value(name: string, data: unknown): string {
  return typeof data === 'number' && name.endsWith('Algorithm') ? `0x${data.toString(16)}` : String(data);
}

function isNothing({ keys, entries, settings }: MigrationPlan): boolean {
  return keys.length === 0 && entries.length === 0 && settings.length === 0;
}

function moved({ out }: CommandContext, { kept }: MoveResult): { readonly kept: Json } {
  for (const { provider, container, why } of kept) out(`The old key ${container} of ${provider} stays: ${why}.`);
  return { kept: kept.map(({ provider, container, why }) => ({ provider, container, why })) };
}

/** What kept the move from beginning, as the command ends with it. */
function asError(finding: Finding | undefined): HresultError {
  if (finding?.symbol === undefined) return hresult('CRYPT_E_NOT_FOUND', finding?.text);
  return hresult(finding.symbol, finding.text, { hint: finding.cure });
}

function planJson({ findings, plan, backup }: Migration): { [name: string]: Json } {
  return {
    findings: findings.map(findingJson),
    hash: plan!.hash,
    backup: plan!.backedUp.length > 0 ? backup : null,
    keys: plan!.keys.map(({ from, to }) => ({ from: { ...from }, to: { ...to } })),
    settings: plan!.settings.map(({ path, name, before, after }) => ({
      path,
      name,
      before: before === null ? null : String(before.data),
      after: String(after.data),
    })),
  };
}
