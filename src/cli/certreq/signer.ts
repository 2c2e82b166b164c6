import {
  openCertificateFor,
  openSigningCertificate,
  type SigningCertificate,
  type SigningPurpose,
} from '#enroll/signing-certificate';
import { hresult } from '#hresult/hresult-error';
import type { CryptoEngine, DigestAlgorithm } from '#pki/crypto/engine';
import type { CertreqContext } from './context.ts';

export interface OpenSigner {
  /** The caller closes its key. */
  readonly signer: SigningCertificate;
  readonly digest: DigestAlgorithm;
  readonly engine: CryptoEngine;
}

/** The certificate of -cert, else the one for the purpose, under -noEKU whatever its purpose; -HashAlgorithm, -machine. */
export async function openSigner(context: CertreqContext, purpose: SigningPurpose): Promise<OpenSigner> {
  const { clock, options } = context;
  const digest = hashAlgorithm(options.value('HashAlgorithm'));
  if (options.has('machine') && options.has('user')) throw hresult('ERROR_INVALID_PARAMETER', '-machine and -user.');
  const machine = options.has('machine');
  const [engine, stores, providers] = await Promise.all([
    context.engine(),
    context.stores(machine),
    context.providers(machine),
  ]);
  const certId = options.value('cert');
  const ports = { clock, stores, providers };
  const signer = await (certId === undefined
    ? openCertificateFor(purpose, ports, { anyPurpose: options.has('noEKU') })
    : openSigningCertificate(certId, ports));
  return { signer, digest, engine };
}

/** SHA-256 where it is left out. Throws ERROR_INVALID_PARAMETER, NTE_BAD_ALGID for what is broken. */
function hashAlgorithm(typed: string | undefined): DigestAlgorithm {
  const word = typed?.toLowerCase().replace('-', '') ?? 'sha256';
  if (word === 'sha256' || word === 'sha384' || word === 'sha512') return word;
  const hint = 'sha256, sha384 or sha512';
  if (['sha1', 'md5', 'md4', 'md2'].includes(word))
    throw hresult('NTE_BAD_ALGID', `${typed}: nobody trusts a new signature of it.`, { hint });
  throw hresult('ERROR_INVALID_PARAMETER', `-HashAlgorithm ${typed}`, { hint });
}
