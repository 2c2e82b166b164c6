/** Who may do what with a template. MS-CRTD 2.5. */

export type TemplateRight = 'read' | 'write' | 'enroll' | 'autoenroll' | 'fullControl';

/** What one trustee is granted, or denied. */
export interface TemplateAccess {
  readonly type: 'allow' | 'deny';
  readonly sid: string;
  /** DOMAIN\name, where somebody looked it up; never stored. */
  readonly account?: string;
  /** In the order of TEMPLATE_RIGHTS; fullControl stands alone, it contains the others. */
  readonly rights: readonly TemplateRight[];
}

export const TEMPLATE_RIGHTS: readonly TemplateRight[] = ['read', 'write', 'enroll', 'autoenroll', 'fullControl'];

function concerns(access: TemplateAccess, right: TemplateRight): boolean {
  if (access.rights.includes('fullControl')) return true;
  if (right === 'fullControl') {
    // Denying any part denies the whole; granting the whole takes full control itself.
    return access.type === 'deny' && access.rights.length > 0;
  }
  return access.rights.includes(right);
}

/**
 * `sids` are the requester's own SID and those of all its groups. A denial outweighs every grant, in whatever order
 * the list has them: the safe reading of MS-CRTD 2.5.1, which knows no order.
 */
export function hasRight(
  template: { readonly permissions: readonly TemplateAccess[] },
  sids: Iterable<string>,
  right: TemplateRight,
): boolean {
  const token = new Set(sids);
  let granted = false;
  for (const access of template.permissions) {
    if (!token.has(access.sid) || !concerns(access, right)) continue;
    if (access.type === 'deny') return false;
    granted = true;
  }
  return granted;
}
