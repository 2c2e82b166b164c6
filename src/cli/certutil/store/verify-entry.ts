import type { CertificateStores, StoreEntry } from '#certstore/ports/certificate-store';
import type { Retriever } from '#enroll/ports';
import { publishedCrls } from '#enroll/published-crls';
import { type HresultError, isHresult } from '#hresult/hresult-error';
import { id_ce_cRLDistributionPoints } from '#pki/asn1/oid-table';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';
import { findExtension } from '#pki/x509/extension';
import { validatePath } from '#pki/x509/path/validate-path';
import { purposesOf } from '#pki/x509/purposes';

export interface VerifierOptions {
  /** Whose Root, AuthRoot, CA and Disallowed stores decide. */
  readonly stores: CertificateStores;
  /** Certificates that may stand in between, beside those of the CA store. */
  readonly beside: readonly Certificate[];
  readonly engine: CryptoEngine;
  readonly retriever: Retriever;
  readonly time: Date;
}

export interface Finding {
  readonly certificate: Certificate;
  /** 0 is the certificate that was asked about. */
  readonly depth: number;
  readonly error: HresultError;
}

/** What there is to say of one certificate. */
export interface Verdict {
  readonly chain: readonly Certificate[];
  /** What makes it invalid. */
  readonly findings: readonly Finding[];
  /** Certificates of the chain whose revocation nobody can check: they name no place of a CRL, and no store has one. */
  readonly unchecked: readonly Certificate[];
  readonly issuancePolicies: readonly string[];
  /** The purposes that every certificate of the chain allows; undefined for all. */
  readonly applicationPolicies: readonly string[] | undefined;
}

/** Verifies certificates one after the other against the same stores, which are read once. */
export class EntryVerifier {
  readonly #options: VerifierOptions;
  #trust: Promise<Record<'roots' | 'candidates' | 'distrusted', readonly Certificate[]>> | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Throws ERROR_INVALID_DATA where a store that decides is damaged. */
  async verify({ certificate }: StoreEntry): Promise<Verdict> {
    const { engine, time, retriever, stores } = this.#options;
    this.#trust ??= this.#readTrust();
    const { roots, candidates, distrusted } = await this.#trust;
    const { chain, errors, policies } = await validatePath({
      certificate,
      candidates,
      trustAnchors: roots,
      distrusted,
      time,
      engine,
      revocation: publishedCrls(retriever, stores),
    });
    const all = errors.flatMap((each, depth) => each.map((error) => ({ certificate: chain[depth]!, depth, error })));
    const isUnchecked = ({ certificate, error }: Finding) =>
      isHresult(error, 'CRYPT_E_REVOCATION_OFFLINE') && !namesCrls(certificate);
    return {
      chain,
      findings: all.filter((finding) => !isUnchecked(finding)),
      unchecked: all.filter(isUnchecked).map((finding) => finding.certificate),
      issuancePolicies: policies,
      applicationPolicies: applicationPolicies(chain),
    };
  }

  async #readTrust(): Promise<Record<'roots' | 'candidates' | 'distrusted', readonly Certificate[]>> {
    const { stores, beside } = this.#options;
    const certificatesIn = async (name: string) =>
      (await stores.open(name).list()).map(({ certificate }) => certificate);
    return {
      roots: [...(await certificatesIn('Root')), ...(await certificatesIn('AuthRoot'))],
      candidates: [...(await certificatesIn('CA')), ...beside],
      distrusted: await certificatesIn('Disallowed'),
    };
  }
}

function namesCrls({ tbsCertificate: { extensions } }: Certificate): boolean {
  return findExtension(extensions, id_ce_cRLDistributionPoints) !== undefined;
}

/** As Windows does, a CA's purposes bind what is below it; a certificate that names none allows all. */
function applicationPolicies(chain: readonly Certificate[]): readonly string[] | undefined {
  return chain.map(purposesOf).reduce((allowed, purposes) => {
    if (purposes === undefined || allowed === undefined) return allowed ?? purposes;
    return allowed.filter((purpose) => purposes.includes(purpose));
  });
}
