/** How templates come from templates: duplicate, edit, re-enroll. */
import { hresult } from '#hresult/hresult-error';
import type { CertificateTemplate } from './certificate-template.ts';
import { checkTemplate } from './check-template.ts';
import { generalFlag, MINIMUM_CA_VERSION_MASK, MINIMUM_CLIENT_VERSION_MASK, privateKeyFlag } from './flags.ts';
import { isSamePermissions } from './permissions.ts';
import { hasPseudoAttributes } from './pseudo-attributes.ts';

type FixedField =
  | 'cn'
  | 'oid'
  | 'schemaVersion'
  | 'revision'
  | 'minorRevision'
  | 'securityDescriptor'
  | 'otherAttributes'
  | 'otherPseudoAttributes';

/** Fields to change; undefined takes an optional field away. */
export type TemplateChanges = {
  readonly [Field in keyof Omit<CertificateTemplate, FixedField>]?: CertificateTemplate[Field] | undefined;
};

export interface Duplicate {
  readonly cn: string;
  readonly displayName: string;
  readonly schemaVersion: 2 | 3 | 4;
  /** From `newTemplateOid`. */
  readonly oid: string;
}

/** Names that can stand in a distinguished name, a request attribute and a list of names without quoting. */
function checkCn(cn: string): void {
  if (!/^[^\u0000-\u001f,+"\\<>;=#/`:]{1,64}$/.test(cn) || cn.trim() !== cn)
    throw hresult('ERROR_INVALID_NAME', `"${cn}" cannot name a template`, {
      hint: 'a name has 1 to 64 characters, none of , + " \\ < > ; = # / ` :',
    });
}

/** Least CA and client of a version: 2003 and XP, 2008 and Vista, 2012 and Windows 8. */
const MINIMUM_VERSIONS = { 2: 0x1010000, 3: 0x2020000, 4: 0x4040000 } as const;

const KEY_STORAGE_PROVIDER = 'Microsoft Software Key Storage Provider';
const CSP = 'Microsoft Enhanced Cryptographic Provider v1.0';
const NCRYPT_ALLOW_SIGNING = 0x2;
const NCRYPT_ALLOW_ALL_USAGES = 0xffffff;

/** The cryptography fields of a copy, where its version keeps them elsewhere than its source. */
function cryptographyOf(source: CertificateTemplate, target: CertificateTemplate): CertificateTemplate {
  const isCng = hasPseudoAttributes(target);
  if (isCng === hasPseudoAttributes(source)) return target;
  const provider = isCng ? KEY_STORAGE_PROVIDER : CSP;
  const {
    asymmetricAlgorithm,
    hashAlgorithm,
    symmetricAlgorithm,
    symmetricKeyLength,
    keyUsageProperty,
    keySecurityDescriptor,
    otherPseudoAttributes,
    ...rest
  } = target;
  return {
    ...rest,
    defaultCSPs: source.defaultCSPs.length > 0 ? [provider] : [],
    ...(isCng
      ? {
          asymmetricAlgorithm: 'RSA',
          hashAlgorithm: 'SHA256',
          keyUsageProperty: source.defaultKeySpec === 2 ? NCRYPT_ALLOW_SIGNING : NCRYPT_ALLOW_ALL_USAGES,
        }
      : {}),
  };
}

/**
 * A new template 100.0 that says what `template` says. Versions 3 and 4 take a key storage provider, RSA and SHA-256
 * where the source uses a CSP. Throws ERROR_INVALID_NAME, and what `checkTemplate` throws.
 */
export function duplicateTemplate(template: CertificateTemplate, duplicate: Duplicate): CertificateTemplate {
  checkCn(duplicate.cn);
  const { otherAttributes: _, ...source } = template;
  const cleared = MINIMUM_CA_VERSION_MASK | MINIMUM_CLIENT_VERSION_MASK | privateKeyFlag('CT_FLAG_USE_LEGACY_PROVIDER');
  const copy = cryptographyOf(template, {
    ...source,
    cn: duplicate.cn,
    displayName: duplicate.displayName,
    schemaVersion: duplicate.schemaVersion,
    oid: duplicate.oid,
    revision: 100,
    minorRevision: 0,
    flags: ((template.flags & ~generalFlag('CT_FLAG_IS_DEFAULT')) | generalFlag('CT_FLAG_IS_MODIFIED')) >>> 0,
    privateKeyFlags: ((template.privateKeyFlags & ~cleared) | MINIMUM_VERSIONS[duplicate.schemaVersion]) >>> 0,
    // A version 1 template decides its application policies by its EKU alone.
    applicationPolicies: template.schemaVersion === 1 ? template.extendedKeyUsage : template.applicationPolicies,
  });
  checkTemplate(copy);
  return copy;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || value instanceof Uint8Array;
  if (!isList(a) || !isList(b) || a.length !== b.length) return false;
  return Array.from(a).every((value, index) => value === b[index]);
}

function changedFields(template: CertificateTemplate, changes: TemplateChanges): string[] {
  return Object.entries(changes)
    .filter(([field, value]) => {
      if (field === 'permissions') return !isSamePermissions(template.permissions, changes.permissions ?? []);
      return !isSame(template[field as keyof CertificateTemplate], value);
    })
    .map(([field]) => field);
}

/**
 * The changed template, its minor version one higher, or the same value where nothing differs. Of a version 1 template
 * only permissions and owner can change, and its version stays: ERROR_NOT_SUPPORTED. Otherwise throws what
 * `checkTemplate` throws.
 */
export function editTemplate(template: CertificateTemplate, changes: TemplateChanges): CertificateTemplate {
  const changed = changedFields(template, changes);
  if (changed.length === 0) return template;
  const isAccessOnly = changed.every((field) => field === 'permissions' || field === 'owner');
  if (template.schemaVersion === 1 && !isAccessOnly)
    throw hresult('ERROR_NOT_SUPPORTED', `${template.cn} is a version 1 template: only its permissions can change`, {
      hint: 'duplicate it as a version 2 template or later and change the copy',
    });
  const fields = Object.fromEntries(
    Object.entries({ ...template, ...changes }).filter(([, value]) => value !== undefined),
  ) as unknown as CertificateTemplate;
  const edited: CertificateTemplate = {
    ...fields,
    flags: (fields.flags | generalFlag('CT_FLAG_IS_MODIFIED')) >>> 0,
    minorRevision: template.schemaVersion === 1 ? template.minorRevision : template.minorRevision + 1,
  };
  if (!isAccessOnly) checkTemplate(edited);
  return edited;
}

/** "Reenroll All Certificate Holders": a new major version makes every holder renew. ERROR_NOT_SUPPORTED for version 1. */
export function reenrollAll(template: CertificateTemplate): CertificateTemplate {
  if (template.schemaVersion === 1)
    throw hresult('ERROR_NOT_SUPPORTED', `${template.cn} is a version 1 template: its version is fixed`, {
      hint: 'duplicate it as a version 2 template or later',
    });
  return {
    ...template,
    flags: (template.flags | generalFlag('CT_FLAG_IS_MODIFIED')) >>> 0,
    revision: template.revision + 1,
    minorRevision: 0,
  };
}
