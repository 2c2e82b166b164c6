/** A new request from its policy: the key, the request around it, and the entry that waits for the answer. */
import { hresult } from '#hresult/hresult-error';
import { parseHex } from '#pki/asn1/bytes';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import type { Certificate } from '#pki/x509/certificate';
import { decodeCertificationRequest } from '#pki/x509/certification-request';
import { archiveKey, requireEncryptionKey } from './archive-key.ts';
import { buildCertificationRequest, clientInfoValue, requestExtensions } from './certification-request.ts';
import { fetchExchangeCertificate } from './exchange-certificate.ts';
import { buildFullRequest } from './full-request.ts';
import type { RequestPolicy } from './inf/request-policy.ts';
import { type CertificateMaterial, certificateWithKey } from './new-certificate.ts';
import { addPendingRequest, removePendingRequest } from './pending-requests.ts';
import { buildPkcs7Request } from './pkcs7-request.ts';
import type { CaClient, EnrollmentPorts, KeyLocation } from './ports.ts';
import { knownProperties, openOrCreateKey, schemeOf } from './request-key.ts';
import {
  openCertificateFor,
  openSigningCertificate,
  type SigningCertificate,
  signatureBy,
} from './signing-certificate.ts';

export interface NewRequest {
  /** DER: PKCS #10, a CMC full request, or the self-signed certificate. */
  readonly request: Uint8Array;
  readonly requestType: RequestPolicy['requestType'];
  readonly keyLocation: KeyLocation;
  /** Takes everything back where the request cannot be handed over: entry and new key. */
  discard(): Promise<void>;
}

export interface NewRequestOptions {
  /** Beside those of the policy. */
  readonly attributes?: readonly NameValuePair[];
  /** Asked for its exchange certificate; needed where the key is to be archived. */
  readonly ca?: CaClient | undefined;
  /** In place of the CA's exchange certificate, as checked. */
  readonly exchange?: Certificate | undefined;
  /** CertId of a certificate that signs besides, or in place of the key itself where a certificate is made. */
  readonly signer?: string | undefined;
}

/**
 * Throws NTE_BAD_TYPE and whatever is wrong with the exchange certificate or with the certificates that sign before a key is
 * made; after that what provider and stores throw, and then no key is left behind. NTE_BAD_KEY_STATE where the key may not
 * leave its provider, XENROLL_E_KEYSPEC_SMIME_MISMATCH for S/MIME with a key that only signs, ERROR_INVALID_PARAMETER for a
 * PKCS #7 that nobody signs.
 */
export async function newRequest(
  policy: RequestPolicy,
  ports: EnrollmentPorts,
  options: NewRequestOptions,
): Promise<NewRequest> {
  if (policy.archive) requireEncryptionKey(policy.key.use, policy.key.keySpec);
  if (policy.smime && policy.key.use === 'signature') throw hresult('XENROLL_E_KEYSPEC_SMIME_MISMATCH');
  const signers = await openSigners(policy, ports, options);
  try {
    const exchange = policy.archive && (await exchangeFor(options, ports));
    const { key, provider } = await openOrCreateKey(policy, ports, signers.renewed);
    const dropKey = async () => {
      key.close();
      if (!policy.key.useExisting) await provider.deleteKey(key.container, key.keySpec);
    };
    try {
      return await requestWithKey(policy, ports, options, { key, provider, exchange, dropKey, ...signers });
    } catch (error) {
      await dropKey();
      throw error;
    } finally {
      key.close();
    }
  } finally {
    signers.renewed?.key.close();
    signers.signer?.key.close();
  }
}

async function exchangeFor({ ca, exchange }: NewRequestOptions, ports: EnrollmentPorts): Promise<Certificate> {
  if (exchange) return exchange;
  if (!ca) throw new TypeError('archival needs a CA');
  return fetchExchangeCertificate(ca, ports);
}

interface Signers {
  readonly renewed: SigningCertificate | undefined;
  readonly signer: SigningCertificate | undefined;
}

async function openSigners(
  { renewalCert, onBehalfOf, requestType }: RequestPolicy,
  ports: EnrollmentPorts,
  { signer }: NewRequestOptions,
): Promise<Signers> {
  if (requestType === 'PKCS10' && signer !== undefined)
    throw hresult('ERROR_INVALID_PARAMETER', 'Nobody else signs a PKCS #10.', {
      hint: 'RequestType = CMC or PKCS7, or leave out -cert',
    });
  if (requestType === 'PKCS7' && renewalCert === undefined && onBehalfOf === undefined && signer === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', 'A PKCS #7 request is signed with another certificate.', {
      hint: 'RenewalCert or RequesterName in the INF file, or -cert',
    });
  const renewed = renewalCert === undefined ? undefined : await openSigningCertificate(renewalCert, ports);
  try {
    if (signer !== undefined) return { renewed, signer: await openSigningCertificate(signer, ports) };
    return {
      renewed,
      signer: onBehalfOf === undefined ? undefined : await openCertificateFor('Certificate Request Agents', ports),
    };
  } catch (error) {
    renewed?.key.close();
    throw error;
  }
}

interface Material extends Signers, CertificateMaterial {
  readonly exchange: Certificate | undefined;
}

async function requestWithKey(
  policy: RequestPolicy,
  ports: EnrollmentPorts,
  options: NewRequestOptions,
  material: Material,
): Promise<NewRequest> {
  if (policy.requestType === 'Cert') return certificateWithKey(policy, ports, material);
  const { key, provider, exchange, dropKey, renewed } = material;
  const { engine, clock, stores, client } = ports;
  const { requestType, digest } = policy;
  const scheme = schemeOf(policy, key.publicKey);
  const extensions = await requestExtensions(policy, key.publicKey, engine);
  const pairs = [...policy.attributes, ...(options.attributes ?? [])];
  const certificationRequest = await buildCertificationRequest({
    policy,
    extensions,
    pairs: requestType === 'CMC' ? [] : pairs,
    key,
    scheme,
    client,
    renewed: renewed?.entry.certificate,
  });
  const archivedKey =
    policy.archive && exchange
      ? await archiveKey({ key, exchange, cipher: policy.archive.cipher, digest, engine })
      : undefined;
  const cosigners = [renewed, material.signer]
    .filter((signer) => signer !== undefined)
    .map((signer) => signatureBy(signer, digest));
  const request = await encloseRequest();
  const properties = {
    ...knownProperties(policy, key, provider),
    requestOriginator: client.machineName,
    ...(archivedKey ? { archivedKeyHash: archivedKey.hash } : {}),
    ...(renewed ? { renews: parseHex(renewed.entry.thumbprint) } : {}),
    ...(policy.onBehalfOf === undefined ? {} : { onBehalfOf: policy.onBehalfOf }),
  };
  const { subject } = decodeCertificationRequest(certificationRequest).certificationRequestInfo;
  await addPendingRequest({ subject, key, scheme, properties }, { stores, engine, now: clock.now() });
  const discard = async () => {
    await removePendingRequest(stores, key.publicKey);
    await dropKey();
  };
  return { request, requestType, keyLocation: properties.keyProvInfo, discard };

  async function encloseRequest(): Promise<Uint8Array> {
    if (requestType === 'PKCS10') return certificationRequest;
    if (requestType === 'PKCS7') {
      const said = policy.onBehalfOf === undefined ? [] : [['RequesterName', policy.onBehalfOf] as const];
      return buildPkcs7Request({ certificationRequest, pairs: said, signers: cosigners, engine });
    }
    const clientInfo = clientInfoValue(client);
    const own = { clientInfo, signer: key, scheme, cosigners, engine };
    return buildFullRequest({ certificationRequest, extensions, pairs, archivedKey, ...own });
  }
}
