import type { Command } from './context.ts';

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

/** Certhaven's own commands: what AD CS does in wizards and snap-ins. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'install-ca',
    usage:
      '--name "CN=My CA,O=My Company" [--type enterprise-root|stand-alone-root] [--domain DNS] [--netbios NAME] [--years N] [--provider NAME] [--key RSA:BITS|ECDSA_P256|ECDSA_P384|ECDSA_P521 | --key-container NAME] [--hash SHA256] [--description TEXT]\n       certhaven install-ca --cert-file FILE [--key-container NAME] [--provider NAME] | --cert-id CERTID, and the rest as above',
    summary:
      'Install a certification authority on this machine, and its domain where there is none; on a key that is there, or with the certificate of a CA that was elsewhere before',
    options: {
      name: text,
      type: text,
      domain: text,
      netbios: text,
      years: text,
      provider: text,
      key: text,
      'key-container': text,
      'cert-file': text,
      'cert-id': text,
      hash: text,
      description: text,
    },
    load: () => import('./install-ca.ts'),
  },
  {
    name: 'provider',
    usage:
      "[--check]\n       certhaven provider add [NAME] --module PATH --token LABEL --pin-file FILE|--pin-env VARIABLE|--pin-prompt [--sessions N] [--timeout SECONDS] [--owner SID|'']\n       certhaven provider remove NAME",
    summary: 'Name a key storage provider over a PKCS #11 token, list those that are named, or take one away',
    options: {
      module: text,
      token: text,
      'pin-file': text,
      'pin-env': text,
      'pin-prompt': flag,
      sessions: text,
      timeout: text,
      owner: text,
      check: flag,
    },
    load: () => import('./provider.ts'),
  },
  {
    name: 'ksputil',
    usage:
      'enumkeys [-a] [--csp NAME]\n       certhaven ksputil createtestkey [-m] [--csp NAME]\n       certhaven ksputil chkeysowner KEY OLD-SID NEW-SID [-v] [--csp NAME]',
    summary:
      'Whose keys a PKCS #11 token holds (-a: of every owner); a key of this machine (-m) or of yours that shows its SID; a key given to another owner',
    options: {
      all: { type: 'boolean', short: 'a' },
      machine: { type: 'boolean', short: 'm' },
      verbose: { type: 'boolean', short: 'v' },
      csp: text,
    },
    load: () => import('./ksputil.ts'),
  },
  {
    name: 'serve',
    usage: '[--listen [HOST:]PORT] [--http [HOST:]PORT | --http off] [--name NAME]...',
    summary: 'Run the CA of this machine as an HTTPS service for others',
    options: { listen: text, http: text, name: texts },
    goesOn: true,
    load: () => import('./serve.ts'),
  },
  {
    name: 'reg',
    usage: 'export [KEY] FILE [/y] [--config HOST\\CA]\n       certhaven reg import FILE [--config HOST\\CA]',
    summary:
      'The configuration of the CA as a registration file of Windows, as reg.exe has it: of the key that is named (HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration and keys below it, or CA\\CSP as certutil names it), and back into the configuration, all of a file or nothing; /y or --force: over a file that is there',
    options: { force: { type: 'boolean', short: 'y' }, config: text },
    load: () => import('./reg.ts'),
  },
  {
    name: 'migrate',
    usage:
      'keys --to PROVIDER [--hash SHA256] [--no-export] [--backup FOLDER] [--password-file FILE] [--wipe-backup] [--yes] | keys --resume | keys --undo | wipe FILE...',
    summary:
      "Move all keys of this machine's CA to another provider: a plan, and what it says with --yes; wipe: overwrite files with keys that were left over",
    options: {
      to: text,
      hash: text,
      'no-export': flag,
      backup: text,
      'password-file': text,
      'wipe-backup': flag,
      yes: flag,
      resume: flag,
      undo: flag,
    },
    load: () => import('./migrate.ts'),
  },
  {
    name: 'doctor',
    usage:
      '[--folder FOLDER]...\n       certhaven doctor [--reg FILE] [--pfx FILE]... [--password PASSWORD | --password-file FILE] [--cert FILE]...',
    summary:
      "Look at this machine's CA and change nothing: what is wrong with it, and the command that mends it (--folder: keys that were left over in another folder too); or at the files of another CA: the registration file of its CertSvc\\Configuration key, PFX files, certificates",
    options: {
      reg: text,
      pfx: texts,
      password: { type: 'string', short: 'p' },
      'password-file': text,
      cert: texts,
      folder: texts,
    },
    load: () => import('./doctor.ts'),
  },
  {
    name: 'join',
    usage: 'https://HOST:PORT [--fingerprint SHA256 [--yes]]',
    summary:
      "Use the CA of another machine from here; its certificate's fingerprint says that it is the right one, and is asked about where it is not given",
    options: { fingerprint: text, yes: flag },
    load: () => import('./join.ts'),
  },
  {
    name: 'fingerprint',
    usage: '',
    summary: "The SHA-256 fingerprint of the CA's certificate, for those who join",
    options: { config: text },
    load: () => import('./fingerprint.ts'),
  },
  {
    name: 'sign-in',
    usage: '[ACCOUNT | --pfx FILE] [--config HOST\\CA]',
    summary:
      'Sign in at a CA this machine has joined, with a password or a certificate of that CA; asks for the password',
    options: { pfx: text, config: text },
    load: () => import('./sign-in.ts'),
  },
  {
    name: 'sign-out',
    usage: '[--config HOST\\CA]',
    summary: 'End the sign-in',
    options: { config: text },
    load: () => import('./sign-out.ts'),
  },
  {
    name: 'tokens',
    usage: '[ACCOUNT] [--revoke ID]',
    summary: 'List the sign-ins of an account, or end one',
    options: { revoke: text },
    load: () => import('./tokens.ts'),
  },
  {
    name: 'passwd',
    usage: '[ACCOUNT]',
    summary: 'Set a password for signing in from other machines; asks for it',
    options: {},
    load: () => import('./passwd.ts'),
  },
  {
    name: 'add-user',
    usage: 'NAME [--name "First Last"] [--mail ADDRESS] [--upn NAME@DOMAIN] [--group GROUP]... [--password]',
    summary: 'Add a person to the embedded directory; --password asks for a password to sign in with',
    options: { name: text, mail: text, upn: text, group: texts, password: flag },
    load: () => import('./add-user.ts'),
  },
  {
    name: 'add-group',
    usage: 'NAME [--member ACCOUNT]...',
    summary: 'Add a group to the embedded directory, or members to one that is there',
    options: { member: texts },
    load: () => import('./add-group.ts'),
  },
  {
    name: 'logon',
    usage: 'DOMAIN\\NAME',
    summary: 'Work as another account of this machine from now on; CERTHAVEN_USER does it for one command',
    options: {},
    load: () => import('./logon.ts'),
  },
  {
    name: 'whoami',
    usage: '[--sid]',
    summary: 'The account that commands run as',
    options: { sid: flag },
    load: () => import('./whoami.ts'),
  },
  {
    name: 'template',
    usage:
      'duplicate SOURCE NAME [--display TEXT] [--version 2|3|4] [--archive-key] [--symmetric AES,256] [--enroll ACCOUNT]...\n       certhaven template edit NAME ATTRIBUTE VALUE|+FLAG|-FLAG...\n       certhaven template permit NAME ACCOUNT RIGHT...',
    summary: 'Duplicate a certificate template, change one, or grant rights on it',
    options: { display: text, version: text, 'archive-key': flag, symmetric: text, enroll: texts },
    load: () => import('./template.ts'),
  },
  {
    name: 'permit',
    usage: 'ACCOUNT [manage-ca] [manage-certificates] [audit] [backup] [read] [enroll]',
    summary: 'Give an account exactly these rights on the CA; none takes all away',
    options: { config: text },
    load: () => import('./permit.ts'),
  },
  {
    name: 'kra',
    usage:
      'CERTIFICATE... --use N\n       certhaven kra\n       certhaven kra add AGENT... [--use N]\n       certhaven kra remove AGENT... [--use N]\n       certhaven kra --use N | --off\n       certhaven kra coverage [--keys] [--without AGENT]...',
    summary:
      "List the key recovery agents, choose them and how many of them each key is sealed to (from the CA's next start on), or tell which archived keys open with whom",
    options: { use: text, off: flag, keys: flag, without: texts, config: text },
    load: () => import('./kra.ts'),
  },
  {
    name: 'restrict-manager',
    usage:
      '[ACCOUNT --template NAME... --group GROUP... [--except GROUP]...]\n       certhaven restrict-manager ACCOUNT --all | --off',
    summary:
      'Whose requests by which templates each certificate manager manages: list it, set it for one, lift it for all',
    options: { template: texts, group: texts, except: texts, all: flag, off: flag, config: text },
    load: () => import('./restrict-manager.ts'),
  },
  {
    name: 'restrict-agent',
    usage:
      '[ACCOUNT --template NAME... --group GROUP... [--except GROUP]...]\n       certhaven restrict-agent ACCOUNT --all | --off',
    summary: 'For whom, by which templates, each enrollment agent asks: list it, set it for one, lift it for all',
    options: { template: texts, group: texts, except: texts, all: flag, off: flag, config: text },
    load: () => import('./restrict-agent.ts'),
  },
  {
    name: 'roles',
    usage: '',
    summary: 'Who holds which role on the CA, and whether roles are separated',
    options: { config: text },
    load: () => import('./roles.ts'),
  },
  {
    name: 'audit',
    usage: '[--event ID] | --verify [--head HASH]',
    summary: "List the audit log (Windows' security log), or verify that its chain is whole",
    options: { event: text, verify: flag, head: text, config: text },
    load: () => import('./audit.ts'),
  },
  {
    name: 'events',
    usage: '[--event ID]',
    summary: "List the CA's event log (Windows' application log)",
    options: { event: text, config: text },
    load: () => import('./events.ts'),
  },
  {
    name: 'pfx',
    usage: 'FILE [--check | --sign DATA --out FILE [--hash SHA256] | --decrypt MESSAGE --out FILE] [--key N] [--force]',
    summary:
      'What a PFX file holds, and whether a password opens it; sign or decrypt with a key of it that is brought in nowhere',
    options: { check: flag, sign: text, decrypt: text, out: text, hash: text, key: text, force: flag },
    load: () => import('./pfx.ts'),
  },
  {
    name: 'certificate',
    usage:
      'list [--by store|physical|purpose] [--archived]\n       certhaven certificate export CERTID FILE [--format pfx|p7b|sst|der|base64] [--no-chain | --chain] [--no-root] [--extended-properties] [--3des] [--delete-key] [--force] [--password-file FILE]\n       certhaven certificate import FILE [--not-exportable] [--protect] [--provider NAME] [--yes] [--password-file FILE]\n       certhaven certificate copy|move CERTID [--to user|machine|service:NAME|enterprise] [--to-store NAME] [--key]\n       each with [--in user|machine|service:NAME|enterprise] [--store NAME]',
    summary:
      'List certificates as the snap-in shows them, export one with or without its key, import a file into the store it belongs in, copy or move a certificate; in your own stores where --in names no others',
    options: {
      in: text,
      store: text,
      by: text,
      archived: flag,
      to: text,
      'to-store': text,
      key: flag,
      format: text,
      chain: flag,
      'no-chain': flag,
      'no-root': flag,
      'extended-properties': flag,
      '3des': flag,
      'delete-key': flag,
      force: flag,
      'not-exportable': flag,
      protect: flag,
      provider: text,
      'password-file': text,
      yes: flag,
    },
    load: () => import('./certificate.ts'),
  },
  {
    name: 'link',
    usage: 'DIRECTORY',
    summary: 'Write launchers named certutil and certreq into a directory of your PATH',
    options: {},
    load: () => import('./link.ts'),
  },
];
