/** RFC 5280 §6: a path from a certificate to a trust anchor, built and checked. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../../asn1/bytes.ts';
import type { CryptoEngine } from '../../crypto/engine.ts';
import { type Certificate, isSelfIssued } from '../certificate.ts';
import { type CandidatePath, PathBuilder } from './build-paths.ts';
import { checkExtensions } from './check-extensions.ts';
import { checkIssuer } from './check-issuer.ts';
import { checkRevocation } from './check-revocation.ts';
import { checkUsage } from './check-usage.ts';
import { NameConstraintsState } from './name-constraints-state.ts';
import type { PathResult } from './path-result.ts';
import { PolicyState } from './policy-state.ts';
import type { RevocationSource } from './revocation-source.ts';

export interface PathRequest {
  readonly certificate: Certificate;
  /** Certificates that may stand in between, in any order; more than needed does no harm. */
  readonly candidates: readonly Certificate[];
  readonly trustAnchors: readonly Certificate[];
  readonly time: Date;
  readonly engine: CryptoEngine;
  /** Certificates that nobody is to trust, whoever signed them: the Disallowed store. */
  readonly distrusted?: readonly Certificate[] | undefined;
  /** An extended key usage or application policy that every certificate of the path must allow. */
  readonly requiredUsage?: string | undefined;
  /** Checks every certificate but the trust anchor. Without it nothing is checked for revocation. */
  readonly revocation?: RevocationSource | undefined;
}

const MAX_PATHS = 16;

/**
 * The first path without errors or, where there is none, the one with the fewest, one to a trust anchor before others.
 * Never throws for what certificates and CRLs contain.
 *
 * Symbols: CERT_E_EXPIRED, CERT_E_UNTRUSTEDROOT, CERT_E_CHAINING, TRUST_E_CERT_SIGNATURE, TRUST_E_BASIC_CONSTRAINTS,
 * CERT_E_PATHLENCONST, CERT_E_WRONG_USAGE, CERT_E_INVALID_NAME, CERT_E_INVALID_POLICY, CERT_E_CRITICAL, CERT_E_MALFORMED,
 * CRYPT_E_REVOKED, CRYPT_E_REVOCATION_OFFLINE, TRUST_E_EXPLICIT_DISTRUST, and Asn1Error's for a malformed extension.
 */
export async function validatePath(request: PathRequest): Promise<PathResult> {
  const builder = new PathBuilder(request.engine, request.trustAnchors, request.candidates);
  let best: PathResult | undefined;
  let count = 0;
  for await (const path of builder.paths([request.certificate])) {
    const result = await checkPath(path, request);
    if (result.ok) return result;
    if (!best || badness(result) < badness(best)) best = result;
    if (++count === MAX_PATHS) break;
  }
  // The builder answers one path at least.
  return best!;
}

function badness({ errors }: PathResult): number {
  const all = errors.flat();
  const unanchored = all.some(({ symbol }) => symbol === 'CERT_E_UNTRUSTEDROOT' || symbol === 'CERT_E_CHAINING');
  return all.length + (unanchored ? 1000 : 0);
}

async function checkPath({ chain, end }: CandidatePath, request: PathRequest): Promise<PathResult> {
  const errors = chain.map((): HresultError[] => []);
  const top = chain.length - 1;
  if (end === 'untrusted root') errors[top]!.push(hresult('CERT_E_UNTRUSTEDROOT'));
  if (end === 'no issuer') errors[top]!.push(hresult('CERT_E_CHAINING'));
  if (end === 'signature') errors[top - 1]!.push(hresult('TRUST_E_CERT_SIGNATURE'));
  const names = new NameConstraintsState();
  const policy = new PolicyState(end === 'trust anchor' ? top : top + 1);
  for (let i = top; i >= 0; i--) {
    const certificate = chain[i]!;
    const isAnchor = end === 'trust anchor' && i === top;
    if (request.distrusted?.some(({ raw }) => isSameBytes(raw, certificate.raw))) {
      errors[i]!.push(hresult('TRUST_E_EXPLICIT_DISTRUST', 'It is in the Disallowed store.'));
    }
    collect(errors[i]!, () => {
      const { tbsCertificate } = certificate;
      return [
        checkTime(certificate, request.time),
        ...checkExtensions(tbsCertificate.extensions),
        request.requiredUsage === undefined ? undefined : checkUsage(tbsCertificate, request.requiredUsage),
      ];
    });
    // §6.1.3 (b): names of self-issued certificates are not constrained, but for the last one's.
    if (i === 0 || !isSelfIssued(certificate)) collect(errors[i]!, () => [names.check(certificate.tbsCertificate)]);
    if (!isAnchor) collect(errors[i]!, () => [policy.process(certificate, i === 0)]);
    if (i > 0) {
      const below = chain.slice(1, i).filter((each) => !isSelfIssued(each)).length;
      collect(errors[i]!, () => checkIssuer(certificate, isAnchor, below));
      collect(errors[i]!, () => {
        names.add(certificate.tbsCertificate);
        return [];
      });
    }
  }
  if (request.revocation) await collectRevocation(chain, errors, request, request.revocation);
  const ok = end === 'trust anchor' && errors.every((each) => each.length === 0);
  return { chain, errors, ok, policies: policy.policies };
}

/** Runs a check whose own failure, on a malformed extension, is a finding like any other. */
function collect(into: HresultError[], check: () => Iterable<HresultError | undefined>): void {
  try {
    for (const error of check()) if (error) into.push(error);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    into.push(error);
  }
}

async function collectRevocation(
  chain: readonly Certificate[],
  errors: readonly HresultError[][],
  { time, engine }: PathRequest,
  source: RevocationSource,
): Promise<void> {
  for (let i = 0; i < chain.length - 1; i++) {
    try {
      const error = await checkRevocation({ certificate: chain[i]!, issuer: chain[i + 1]!, source, time, engine });
      if (error) errors[i]!.push(error);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      errors[i]!.push(error);
    }
  }
}

function checkTime({ tbsCertificate: { validity } }: Certificate, time: Date): HresultError | undefined {
  if (time < validity.notBefore) return hresult('CERT_E_EXPIRED', `Valid from ${validity.notBefore.toISOString()}.`);
  if (time > validity.notAfter) return hresult('CERT_E_EXPIRED', `Valid to ${validity.notAfter.toISOString()}.`);
  return undefined;
}
