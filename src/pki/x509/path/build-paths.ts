/**
 * Path building (RFC 4158) from the end certificate upwards: by name, the identifier of the key as a preference, the
 * signature as the judge. Bounded, because the candidates may come from an enemy.
 */
import { isSameBytes } from '../../asn1/bytes.ts';
import type { CryptoEngine } from '../../crypto/engine.ts';
import { type Certificate, isSelfIssued, isSignedBy } from '../certificate.ts';
import { EXTENSIONS } from '../extensions/extension-table.ts';
import { nameKey } from '../name.ts';
import { readableExtension } from '../readable-extension.ts';
import { orFalse } from '../signed.ts';

export interface CandidatePath {
  /** The end certificate first. */
  readonly chain: readonly Certificate[];
  /** How it ends. `signature`: the last but one names the last as its issuer, but its signature does not verify. */
  readonly end: 'trust anchor' | 'untrusted root' | 'no issuer' | 'signature';
}

const MAX_LENGTH = 16;
const MAX_SIGNATURES = 100;

export class PathBuilder {
  readonly #engine: CryptoEngine;
  readonly #anchors: readonly Certificate[];
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #verified = new Map<Certificate, Map<Certificate, boolean>>();
  #signatures = 0;

  constructor(engine: CryptoEngine, anchors: readonly Certificate[], candidates: readonly Certificate[]) {
    this.#engine = engine;
    this.#anchors = anchors;
    for (const certificate of [...anchors, ...candidates]) {
      const key = nameKey(certificate.tbsCertificate.subject);
      const same = this.#bySubject.get(key);
      if (!same) this.#bySubject.set(key, [certificate]);
      else if (!same.some((each) => isSameBytes(each.raw, certificate.raw))) same.push(certificate);
    }
  }

  async *paths(chain: readonly [Certificate, ...Certificate[]]): AsyncGenerator<CandidatePath, void> {
    const last = chain.at(-1)!;
    if (this.#anchors.some((anchor) => isSameBytes(anchor.raw, last.raw))) {
      yield { chain, end: 'trust anchor' };
      return;
    }
    if (isSelfIssued(last) && (await this.#isSignedBy(last, last))) {
      yield { chain, end: 'untrusted root' };
      return;
    }
    const issuers = chain.length < MAX_LENGTH ? this.#issuers(chain) : [];
    let found = false;
    for (const issuer of issuers) {
      if (!(await this.#isSignedBy(last, issuer))) continue;
      found = true;
      yield* this.paths([...chain, issuer]);
    }
    if (found) return;
    if (issuers[0]) yield { chain: [...chain, issuers[0]], end: 'signature' };
    else yield { chain, end: 'no issuer' };
  }

  /** Certificates with the issuer's name that are not in the chain yet, those with the wanted key identifier first. */
  #issuers(chain: readonly Certificate[]): Certificate[] {
    const { tbsCertificate } = chain.at(-1)!;
    const wanted = readableExtension(
      tbsCertificate.extensions,
      EXTENSIONS.authorityKeyIdentifier.oid,
      EXTENSIONS.authorityKeyIdentifier.codec.decode,
    )?.keyIdentifier;
    const rank = (issuer: Certificate): number => {
      const { oid, codec } = EXTENSIONS.subjectKeyIdentifier;
      const identifier = readableExtension(issuer.tbsCertificate.extensions, oid, codec.decode);
      if (!wanted || !identifier) return 1;
      return isSameBytes(wanted, identifier) ? 0 : 2;
    };
    return (this.#bySubject.get(nameKey(tbsCertificate.issuer)) ?? [])
      .filter((issuer) => !chain.some((each) => isSameEntity(each, issuer)))
      .map((issuer) => ({ issuer, rank: rank(issuer) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ issuer }) => issuer);
  }

  /** A signature that cannot be tried, or one too many, does not verify. */
  async #isSignedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
    const known = this.#verified.get(certificate) ?? new Map<Certificate, boolean>();
    this.#verified.set(certificate, known);
    const before = known.get(issuer);
    if (before !== undefined) return before;
    if (++this.#signatures > MAX_SIGNATURES) return false;
    const verified = await orFalse(isSignedBy(certificate, issuer.tbsCertificate.subjectPublicKeyInfo, this.#engine));
    known.set(issuer, verified);
    return verified;
  }
}

/** The same subject with the same key twice in a path is a loop (RFC 4158 §2.4.2). */
function isSameEntity(a: Certificate, b: Certificate): boolean {
  return (
    isSameBytes(a.tbsCertificate.subject.raw, b.tbsCertificate.subject.raw) &&
    isSameBytes(a.tbsCertificate.subjectPublicKeyInfo.raw, b.tbsCertificate.subjectPublicKeyInfo.raw)
  );
}
