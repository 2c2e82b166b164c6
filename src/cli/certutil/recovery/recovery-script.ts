/**
 * The recovery batch file of document 004 for a POSIX shell: the keys listed, then -getkey and -recoverkey for each, -MergePFX
 * for all, and nothing left but the one PFX file.
 */
import { shellWord } from '../../io/shell-word.ts';

export interface RecoveryScript {
  /** `HOST\CA`. */
  readonly config: string;
  /** What -getkey prints of the keys: the script carries it in front. */
  readonly listing: readonly string[];
  readonly keys: readonly { readonly serialNumber: string; readonly version: number }[];
  /** What the files are called by: of letters, digits, `.`, `_` and `-`. */
  readonly baseName: string;
  /** The words that start certutil on this machine; elsewhere `certhaven` is looked for. */
  readonly command: readonly string[];
  /** -csp: where the agent's key is. */
  readonly provider: string | undefined;
  /** -f: an older PFX file of the name is replaced. */
  readonly overwrite: boolean;
  /** Of the files in between, and of the one that stays. */
  readonly passwords: { readonly temporary: string; readonly merged: string };
}

/** What a shell and a file system take as it stands; `user` where nothing of the name is left. */
export function scriptBaseName(name: string | undefined): string {
  const plain = (name ?? '').replace(/@.*$/s, '').replaceAll(/[^A-Za-z0-9._-]+/g, '_');
  return plain.replace(/^[-._]+/, '').slice(0, 64) || 'user';
}

export function recoveryScript(script: RecoveryScript): string[] {
  const { listing, passwords, baseName } = script;
  const pfx = `${baseName}.p12`;
  const force = script.overwrite ? ' -f' : '';
  return [
    '#!/bin/sh',
    `# Puts archived keys into one PFX file, ${pfx}, in the folder where it is run: by a certificate manager who has the key of`,
    '# a key recovery agent. The password of that file stands below: keep this script to yourself, and delete it afterwards.',
    '#',
    // Subjects say what their requesters wanted: no line of them may leave the comment.
    ...listing.map((line) => `# ${line.replaceAll(/[\r\n]/g, '.')}`.trimEnd()),
    '',
    'set -u',
    'umask 077',
    ...certutilFunction(script.command),
    ...(script.overwrite ? [] : requireNew(pfx)),
    'work=$(mktemp -d) || exit 1',
    'trap \'rm -rf "$work"\' EXIT',
    "trap 'exit 129' HUP",
    "trap 'exit 130' INT",
    "trap 'exit 143' TERM",
    'case $work in *,*)',
    '  echo "$work: set TMPDIR to a folder without a comma in its name." >&2',
    '  exit 1 ;;',
    'esac',
    '',
    '# Passwords go by file, where no list of processes shows them.',
    ...hereDocument('one', passwords.temporary),
    ...hereDocument('merged', `${passwords.temporary},${passwords.merged}`),
    'recovered=',
    'status=0',
    ...keySteps(script),
    '',
    'if [ -n "$recovered" ]; then',
    `  certutil -p "@$work/merged"${force} -MergePFX -user "\${recovered#,}" ${shellWord(pfx)} || exit`,
    `  echo ${shellWord(`PASSWORD: "${passwords.merged}"`)}`,
    'fi',
    'exit "$status"',
    '',
  ];
}

function certutilFunction(command: readonly string[]): string[] {
  const words = command.map(shellWord).join(' ');
  // A name alone is looked for like any other command.
  if (command.length < 2) return [`certutil() { command ${words} "$@"; }`];
  return [
    'certutil() {',
    `  if [ -e ${shellWord(command.at(-2)!)} ]; then ${words} "$@"`,
    '  else certhaven certutil "$@"; fi',
    '}',
  ];
}

/** Before anything is retrieved, which would be on record. */
function requireNew(pfx: string): string[] {
  return [
    `if [ -e ${shellWord(pfx)} ]; then`,
    `  echo ${shellWord(`${pfx} is there already: move it away first.`)} >&2`,
    '  exit 80',
    'fi',
  ];
}

function hereDocument(file: string, line: string): string[] {
  return [`cat > "$work/${file}" <<'END'`, line, 'END'];
}

function keySteps({ config, keys, baseName, provider }: RecoveryScript): string[] {
  const csp = provider === undefined ? '' : ` -csp ${shellWord(provider)}`;
  const lines: string[] = [];
  for (const version of new Set(keys.map((key) => key.version))) {
    lines.push('', `echo 'Version ${version} certificates and keys:'`);
    for (const { serialNumber } of keys.filter((key) => key.version === version)) {
      const file = `"$work/${baseName}-${serialNumber}`;
      lines.push(
        `if certutil -config ${shellWord(config)} -getkey ${serialNumber} ${file}.rec" &&`,
        `  certutil -p "@$work/one"${csp} -recoverkey -user ${file}.rec" ${file}.p12"`,
        `then recovered="$recovered,$work/${baseName}-${serialNumber}.p12"`,
        `else status=$?; echo 'NOT RECOVERED: ${serialNumber}' >&2`,
        'fi',
      );
    }
  }
  return lines;
}
