import { HresultError } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import type { RevocationSource } from '#pki/x509/path/revocation-source';
import { validatePath } from '#pki/x509/path/validate-path';
import type { EnrollmentStores } from './ports.ts';

export interface ChainPorts {
  readonly engine: CryptoEngine;
  readonly stores: EnrollmentStores;
}

export interface ChainRequest {
  readonly certificate: Certificate;
  /** What came with it; the CA store is looked through as well. */
  readonly offered: readonly Certificate[];
  readonly time: Date;
  readonly requiredUsage?: string;
  readonly revocation?: RevocationSource;
  /** Trusted for this once, beside the Root store. */
  readonly alsoTrusted?: readonly Certificate[];
}

/**
 * The certificate and those above it, a root that the holder of the stores trusts last. Throws the error nearest the
 * certificate: TRUST_E_EXPLICIT_DISTRUST, CERT_E_UNTRUSTEDROOT, CERT_E_CHAINING, CERT_E_EXPIRED, CRYPT_E_REVOKED... as `validatePath` names them.
 */
export async function trustedChain(request: ChainRequest, ports: ChainPorts): Promise<readonly Certificate[]> {
  const { certificate, offered, alsoTrusted = [], ...rest } = request;
  const [roots, intermediates, distrusted] = await Promise.all([
    certificatesIn(ports, 'Root'),
    certificatesIn(ports, 'CA'),
    certificatesIn(ports, 'Disallowed'),
  ]);
  const result = await validatePath({
    ...rest,
    certificate,
    candidates: [...offered, ...intermediates],
    trustAnchors: [...roots, ...alsoTrusted],
    distrusted,
    engine: ports.engine,
  });
  if (result.ok) return result.chain;
  // That nobody answers for a CRL tells less than whatever else is wrong.
  const findings = result.errors.flat();
  const error = findings.find(({ symbol }) => symbol !== 'CRYPT_E_REVOCATION_OFFLINE') ?? findings[0]!;
  const at = result.errors.findIndex((each) => each.includes(error));
  const name = formatName(result.chain[at]!.tbsCertificate.subject);
  throw new HresultError(error.symbol, `${name}${error.detail ? `: ${error.detail}` : ''}`, {
    hint: HINTS[error.symbol] ?? error.hint,
    cause: error,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  CERT_E_UNTRUSTEDROOT: 'Where you have reason to trust it: certutil -addstore Root file.cer',
  TRUST_E_EXPLICIT_DISTRUST:
    'certutil -store Disallowed lists what is not to be trusted, certutil -delstore Disallowed takes one out.',
  CRYPT_E_REVOCATION_OFFLINE: 'The CA publishes a CRL with certutil -CRL; its place is in the certificate.',
};

async function certificatesIn({ stores }: ChainPorts, name: string): Promise<Certificate[]> {
  return (await stores.open(name).list()).map((entry) => entry.certificate);
}
