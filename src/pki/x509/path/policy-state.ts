import { type HresultError, hresult } from '#hresult/hresult-error';
import { anyPolicy } from '../../asn1/oid-table.ts';
import { type Certificate, isSelfIssued } from '../certificate.ts';
import type { Extension } from '../extension.ts';
import { EXTENSIONS, extensionValue } from '../extensions/extension-table.ts';

/** One policy at one depth. RFC 9618's graph: a policy has one node a depth, however many ways lead to it. */
interface PolicyNode {
  readonly expected: ReadonlySet<string>;
  /** The policies this one was called at the top of the path. */
  readonly authority: ReadonlySet<string>;
}

/** Keeps sets small whatever a certificate claims. */
const MAX_POLICIES = 64;

/** Policy processing of RFC 5280 §6.1 with RFC 9618, all initial policies acceptable. */
export class PolicyState {
  #nodes: Map<string, PolicyNode> = new Map([[anyPolicy, { expected: new Set([anyPolicy]), authority: new Set() }]]);
  #explicitPolicy: number;
  #inhibitAnyPolicy: number;
  #policyMapping: number;

  /** `length`: certificates of the path without its trust anchor. */
  constructor(length: number) {
    this.#explicitPolicy = length + 1;
    this.#inhibitAnyPolicy = length + 1;
    this.#policyMapping = length + 1;
  }

  /** The next certificate down the path. Throws Asn1Error where an extension of it is malformed. */
  process(certificate: Certificate, isLast: boolean): HresultError | undefined {
    const { extensions } = certificate.tbsCertificate;
    const policies = extensionValue(extensions, EXTENSIONS.certificatePolicies)?.map((each) => each.policyIdentifier);
    if (policies && policies.length > MAX_POLICIES) {
      this.#nodes = new Map();
      return hresult('CERT_E_INVALID_POLICY', `Over ${MAX_POLICIES} policies.`);
    }
    const selfIssued = isSelfIssued(certificate);
    const allowAny = this.#inhibitAnyPolicy > 0 || (!isLast && selfIssued);
    this.#nodes = this.#descend(policies ?? [], allowAny);
    // §6.1.3 (f) for every certificate, §6.1.5 (g) for the last.
    const required = this.#explicitPolicy === 0 || (isLast && this.#isRequiredAtEnd(extensions));
    if (required && this.#nodes.size === 0) return hresult('CERT_E_INVALID_POLICY', 'No policy holds on the path.');
    return isLast ? undefined : this.#prepare(extensions, selfIssued);
  }

  /** What holds at the end, named as at the top. */
  get policies(): string[] {
    const names = new Set<string>();
    for (const [policy, node] of this.#nodes) {
      if (policy === anyPolicy) names.add(anyPolicy);
      for (const name of node.authority) names.add(name);
    }
    return [...names].sort();
  }

  /** §6.1.3 (d) and (e). */
  #descend(policies: readonly string[], allowAny: boolean): Map<string, PolicyNode> {
    const next = new Map<string, PolicyNode>();
    const above = this.#nodes.get(anyPolicy);
    const add = (policy: string, parent: PolicyNode) => {
      const authority = parent === above ? (policy === anyPolicy ? [] : [policy]) : parent.authority;
      next.set(policy, {
        expected: new Set([policy]),
        authority: new Set([...(next.get(policy)?.authority ?? []), ...authority]),
      });
    };
    const parentsOf = (policy: string) => [...this.#nodes.values()].filter((node) => node.expected.has(policy));
    for (const policy of policies) {
      if (policy === anyPolicy) continue;
      const parents = parentsOf(policy);
      for (const parent of parents.length > 0 ? parents : above ? [above] : []) add(policy, parent);
    }
    if (policies.includes(anyPolicy) && allowAny) {
      const named = new Set(next.keys());
      for (const parent of this.#nodes.values()) {
        for (const policy of parent.expected) if (!named.has(policy)) add(policy, parent);
      }
    }
    return next;
  }

  /** §6.1.4 (a), (b), (h), (i), (j). */
  #prepare(extensions: readonly Extension[], selfIssued: boolean): HresultError | undefined {
    const mappings = extensionValue(extensions, EXTENSIONS.policyMappings) ?? [];
    if (mappings.length > MAX_POLICIES) return hresult('CERT_E_INVALID_POLICY', `Over ${MAX_POLICIES} mappings.`);
    const subjects = new Map<string, Set<string>>();
    for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
      if (issuerDomainPolicy === anyPolicy || subjectDomainPolicy === anyPolicy) {
        return hresult('CERT_E_INVALID_POLICY', 'The special policy anyPolicy is mapped.');
      }
      const known = subjects.get(issuerDomainPolicy);
      if (known) known.add(subjectDomainPolicy);
      else subjects.set(issuerDomainPolicy, new Set([subjectDomainPolicy]));
    }
    for (const [policy, expected] of subjects) {
      const node = this.#nodes.get(policy);
      if (this.#policyMapping === 0) this.#nodes.delete(policy);
      else if (node) this.#nodes.set(policy, { ...node, expected });
      else if (this.#nodes.has(anyPolicy)) this.#nodes.set(policy, { expected, authority: new Set([policy]) });
    }
    if (!selfIssued) {
      this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
      this.#policyMapping = Math.max(0, this.#policyMapping - 1);
      this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1);
    }
    const constraints = extensionValue(extensions, EXTENSIONS.policyConstraints);
    const inhibitAnyPolicy = extensionValue(extensions, EXTENSIONS.inhibitAnyPolicy);
    this.#explicitPolicy = Math.min(this.#explicitPolicy, constraints?.requireExplicitPolicy ?? Infinity);
    this.#policyMapping = Math.min(this.#policyMapping, constraints?.inhibitPolicyMapping ?? Infinity);
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, inhibitAnyPolicy ?? Infinity);
    return undefined;
  }

  /** §6.1.5 (a) and (b). */
  #isRequiredAtEnd(extensions: readonly Extension[]): boolean {
    const requires = extensionValue(extensions, EXTENSIONS.policyConstraints)?.requireExplicitPolicy === 0;
    return requires || this.#explicitPolicy <= 1;
  }
}
