import { type HresultError, hresult } from '#hresult/hresult-error';
import { emailAddress } from '../../asn1/oid-table.ts';
import type { TBSCertificate } from '../certificate.ts';
import { EXTENSIONS, extensionValue } from '../extensions/extension-table.ts';
import type { GeneralSubtree } from '../extensions/name-constraints.ts';
import type { GeneralName } from '../general-name.ts';
import { isEmptyName } from '../name.ts';
import { isWithinSubtree } from './name-subtree.ts';

/** Names times subtrees; what honest certificates need lies far below. */
const MAX_COMPARISONS = 250_000;

/** permitted_subtrees and excluded_subtrees of RFC 5280 §6.1.1, gathered on the way down the path. */
export class NameConstraintsState {
  /** Each list must allow a name: their intersection, never computed. */
  readonly #permitted: (readonly GeneralSubtree[])[] = [];
  readonly #excluded: GeneralSubtree[] = [];
  #comparisons = 0;

  /** RFC 5280 §6.1.4 (g). Throws Asn1Error where the extension is malformed. */
  add(tbs: TBSCertificate): void {
    const constraints = extensionValue(tbs.extensions, EXTENSIONS.nameConstraints);
    if (constraints?.permittedSubtrees) this.#permitted.push(constraints.permittedSubtrees);
    for (const subtree of constraints?.excludedSubtrees ?? []) this.#excluded.push(subtree);
  }

  /** RFC 5280 §6.1.3 (b) and (c); undefined where all names of the certificate are allowed. */
  check(tbs: TBSCertificate): HresultError | undefined {
    if (this.#permitted.length === 0 && this.#excluded.length === 0) return undefined;
    for (const name of namesOf(tbs)) {
      this.#comparisons += this.#permitted.reduce((sum, { length }) => sum + length, this.#excluded.length);
      if (this.#comparisons > MAX_COMPARISONS) return hresult('CERT_E_INVALID_NAME', 'Too many names and constraints.');
      if (this.#excluded.some((subtree) => covers(subtree, name) ?? true)) {
        return hresult('CERT_E_INVALID_NAME', `A ${name.type} of the certificate is excluded.`);
      }
      for (const subtrees of this.#permitted) {
        const ofForm = subtrees.filter((subtree) => isSameForm(subtree.base, name));
        if (ofForm.length > 0 && !ofForm.some((subtree) => covers(subtree, name) ?? false)) {
          return hresult('CERT_E_INVALID_NAME', `A ${name.type} of the certificate is not permitted.`);
        }
      }
    }
    return undefined;
  }
}

/** False for a subtree of another form of name; undefined where it cannot be told. */
function covers(subtree: GeneralSubtree, name: GeneralName): boolean | undefined {
  if (!isSameForm(subtree.base, name)) return false;
  // RFC 5280 §4.2.1.10: distances are not used in this profile.
  if (subtree.minimum || subtree.maximum !== undefined) return undefined;
  return isWithinSubtree(name, subtree.base);
}

function isSameForm(a: GeneralName, b: GeneralName): boolean {
  return a.type === 'otherName' && b.type === 'otherName' ? a.typeId === b.typeId : a.type === b.type;
}

/** The subject, its e-mail addresses where there is no subjectAltName, and the subjectAltName. */
function namesOf({ subject, extensions }: TBSCertificate): GeneralName[] {
  const names: GeneralName[] = isEmptyName(subject) ? [] : [{ type: 'directoryName', value: subject }];
  const altNames = extensionValue(extensions, EXTENSIONS.subjectAltName);
  if (altNames) return [...names, ...altNames];
  for (const attribute of subject.rdnSequence.flat()) {
    if (attribute.type !== emailAddress) continue;
    names.push({ type: 'rfc822Name', value: attribute.value ?? '' });
  }
  return names;
}
