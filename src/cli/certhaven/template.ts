/** What the Certificate Templates snap-in does: duplicate, change, grant. */
import { requirePrincipal } from '#ca/roles/principal';
import { hasRight, TEMPLATE_RIGHTS, type TemplateAccess, type TemplateRight } from '#ca/template/access';
import { encodeTemplateAttributes } from '#ca/template/attributes';
import type { CertificateTemplate } from '#ca/template/certificate-template';
import { parseTemplateEdit, planTemplateEdit } from '#ca/template/edit';
import { enrollmentFlag, hasFlag, privateKeyFlag } from '#ca/template/flags';
import { newTemplateOid } from '#ca/template/template-oid';
import { readTemplate, templatesContainer } from '#ca/template/templates-in-directory';
import { duplicateTemplate, editTemplate } from '#ca/template/versions';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import { requireAdministrator } from './administrator.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [action, ...rest] = context.arguments;
  switch (action) {
    case 'duplicate':
      return duplicate(context, rest);
    case 'edit':
      return edit(context, rest);
    case 'permit':
      return permit(context, rest);
    default:
      throw hresult('ERROR_INVALID_PARAMETER', `${action ?? 'nothing'} is none of duplicate, edit, permit.`, {
        hint: 'certhaven template --help',
      });
  }
}

async function duplicate(context: CommandContext, [source, cn, ...more]: readonly string[]): Promise<Json> {
  if (source === undefined || cn === undefined || more.length > 0)
    throw hresult('ERROR_INVALID_PARAMETER', 'A template and a new name are expected.');
  await requireAdministrator(context);
  const directory = await context.directory();
  const template = await requireTemplate(context, source);
  if (await readTemplate(directory, cn))
    throw hresult('ERROR_ALREADY_EXISTS', `There is a template ${cn} already.`, {
      hint: `choose another name, or change it: certhaven template edit ${cn} ...`,
    });
  const schemaVersion = versionOf(context.option('version') ?? (context.option('symmetric') === undefined ? '2' : '3'));
  const copy = duplicateTemplate(template, {
    cn,
    displayName: context.option('display') ?? cn,
    schemaVersion,
    oid: newTemplateOid(forestOf(template.oid), (length) => globalThis.crypto.getRandomValues(new Uint8Array(length))),
  });
  const [algorithm, bits] = (context.option('symmetric') ?? '').split(',');
  const archives = context.flag('archive-key');
  const changed = editTemplate(copy, {
    ...(archives
      ? { privateKeyFlags: (copy.privateKeyFlags | privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL')) >>> 0 }
      : {}),
    ...(algorithm
      ? {
          symmetricAlgorithm: algorithm.toUpperCase(),
          symmetricKeyLength: Number(bits ?? (algorithm === '3DES' ? 168 : 256)),
        }
      : {}),
    permissions: [...copy.permissions, ...(await grants(context, context.options('enroll'), ['read', 'enroll']))],
  });
  await store(context, changed);
  context.out(
    `Template ${changed.cn} (version ${changed.schemaVersion}, ${changed.revision}.${changed.minorRevision}) made of ${template.cn}.`,
  );
  context.out(`Let the CA issue it: certutil -SetCATemplates +${changed.cn}`);
  return { cn: changed.cn, oid: changed.oid, schemaVersion: changed.schemaVersion };
}

async function edit(context: CommandContext, [name, attribute, ...values]: readonly string[]): Promise<Json> {
  if (name === undefined || attribute === undefined || values.length === 0) {
    throw hresult('ERROR_INVALID_PARAMETER', 'A template, an attribute and its value are expected.');
  }
  let template = await requireTemplate(context, name);
  await requireTemplateRight(context, template, 'write');
  for (const value of values)
    template = editTemplate(template, planTemplateEdit(template, parseTemplateEdit(attribute, value)));
  await store(context, template);
  context.out(`Template ${template.cn} is now version ${template.revision}.${template.minorRevision}.`);
  return { cn: template.cn, revision: template.revision, minorRevision: template.minorRevision };
}

async function permit(context: CommandContext, [name, account, ...rights]: readonly string[]): Promise<Json> {
  if (name === undefined || account === undefined || rights.length === 0) {
    throw hresult('ERROR_INVALID_PARAMETER', 'A template, an account and rights are expected.', {
      hint: `rights: ${TEMPLATE_RIGHTS.join(', ')}`,
    });
  }
  const template = await requireTemplate(context, name);
  await requireTemplateRight(context, template, 'fullControl');
  const granted = await grants(context, [account], rights.map(rightOf));
  const changed = editTemplate(template, { permissions: [...template.permissions, ...granted] });
  await store(context, changed);
  context.out(`${account} may ${rights.join(', ')} ${changed.cn}.`);
  const warning = autoenrollmentWarning(changed, granted);
  if (warning !== undefined) context.out(warning);
  return { cn: changed.cn, account, rights: [...rights], ...(warning === undefined ? {} : { warning }) };
}

/** Document 004, "Enrolling a User with a KRA Certificate": agents are strongly advised to enroll by hand. */
function autoenrollmentWarning(
  { enrollmentFlags }: CertificateTemplate,
  granted: readonly TemplateAccess[],
): string | undefined {
  const isForAgents = hasFlag(enrollmentFlags, enrollmentFlag('CT_FLAG_PUBLISH_TO_KRA_CONTAINER'));
  if (
    !isForAgents ||
    !hasRight(
      { permissions: granted },
      granted.map(({ sid }) => sid),
      'autoenroll',
    )
  )
    return undefined;
  return 'Key recovery agents that enroll by themselves make certificates nobody keeps count of; have them enroll by hand.';
}

async function requireTemplate(context: CommandContext, name: string): Promise<CertificateTemplate> {
  const template = await readTemplate(await context.directory(), name);
  if (template) return template;
  throw hresult('CERTSRV_E_UNKNOWN_CERT_TYPE', `There is no template ${name}.`, {
    hint: 'certutil -Template lists them',
  });
}

/** Throws ERROR_ACCESS_DENIED: a template that anybody may edit lets its enrollees become anybody (ESC4). */
async function requireTemplateRight(
  context: CommandContext,
  template: CertificateTemplate,
  right: TemplateRight,
): Promise<void> {
  const { accountName, sid, groupSids } = await context.caller();
  if (hasRight(template, [sid, ...groupSids], right)) return;
  throw hresult('ERROR_ACCESS_DENIED', `${accountName} has no right ${right} on the template ${template.cn}.`, {
    hint: 'CERTHAVEN_USER names the account of one command, certhaven logon that of all',
  });
}

async function store(context: CommandContext, template: CertificateTemplate): Promise<void> {
  const directory = await context.directory();
  await directory.put(`CN=${template.cn},${templatesContainer(directory)}`, encodeTemplateAttributes(template));
}

async function grants(
  context: CommandContext,
  accounts: readonly string[],
  rights: readonly TemplateRight[],
): Promise<TemplateAccess[]> {
  const directory = await context.directory();
  const granted: TemplateAccess[] = [];
  for (const account of accounts) {
    const { sid } = await requirePrincipal(directory, account);
    granted.push({ type: 'allow', sid, rights });
  }
  return granted;
}

/** The arcs that all templates of a forest share: two of its own stand behind them. */
function forestOf(templateOid: string): string {
  return templateOid.split('.').slice(0, -2).join('.');
}

function versionOf(text: string): 2 | 3 | 4 {
  const version = Number(text);
  if (version === 2 || version === 3 || version === 4) return version;
  throw hresult('ERROR_INVALID_PARAMETER', `--version ${text} is none of 2, 3, 4.`);
}

function rightOf(text: string): TemplateRight {
  const right = TEMPLATE_RIGHTS.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (right) return right;
  throw hresult('ERROR_INVALID_PARAMETER', `${text} is none of ${TEMPLATE_RIGHTS.join(', ')}.`);
}
