import type { Command } from './context.ts';

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

/** Certhaven's own commands: what AD CS does in wizards and snap-ins. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'install-ca',
    usage:
      '--name "CN=My CA,O=My Company" [--type enterprise-root|stand-alone-root] [--domain DNS] [--netbios NAME] [--years N] [--provider NAME] [--key RSA:BITS|ECDSA_P256|ECDSA_P384|ECDSA_P521] [--hash SHA256] [--description TEXT]',
    summary: 'Install a certification authority on this machine, and its domain where there is none',
    options: {
      name: text,
      type: text,
      domain: text,
      netbios: text,
      years: text,
      provider: text,
      key: text,
      hash: text,
      description: text,
    },
    load: () => import('./install-ca.ts'),
  },
  {
    name: 'add-user',
    usage: 'NAME [--name "First Last"] [--mail ADDRESS] [--upn NAME@DOMAIN] [--group GROUP]...',
    summary: 'Add a person to the embedded directory',
    options: { name: text, mail: text, upn: text, group: texts },
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
    usage: 'CERTIFICATE... --use N   |   --off',
    summary:
      "Choose the key recovery agents and how many of them each key is sealed to; takes effect at the CA's next start",
    options: { use: text, off: flag, config: text },
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
    name: 'roles',
    usage: '',
    summary: 'Who holds which role on the CA, and whether roles are separated',
    options: { config: text },
    load: () => import('./roles.ts'),
  },
  {
    name: 'audit',
    usage: '[--event ID] [--verify]',
    summary: "List the audit log (Windows' security log), or verify that its chain is whole",
    options: { event: text, verify: flag, config: text },
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
    name: 'link',
    usage: 'DIRECTORY',
    summary: 'Write launchers named certutil and certreq into a directory of your PATH',
    options: {},
    load: () => import('./link.ts'),
  },
];
