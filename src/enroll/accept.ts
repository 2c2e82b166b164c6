/** Takes the CA's answer: the certificate goes to My with the key that waited for it. certreq -accept, MS-WCCE 3.1.1.4.3.4.2. */
import { hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type Certificate, isSelfIssued, thumbprint } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { findPendingRequest } from './pending-requests.ts';
import type { EnrollmentEntry, EnrollmentPorts, KeyLocation } from './ports.ts';
import { type EnrollmentResponse, readResponse } from './response.ts';
import { trustedChain } from './trusted-chain.ts';

type AcceptPorts = Pick<EnrollmentPorts, 'engine' | 'clock' | 'stores' | 'providers'>;

export interface AcceptOptions {
  /** -f: trust the root that came with the answer, and take a certificate whose archival nobody confirms. */
  readonly force?: boolean;
}

export interface AcceptedCertificate {
  readonly certificate: Certificate;
  readonly keyLocation: KeyLocation;
  /** The response confirms that the CA has archived the key. */
  readonly keyArchived: boolean;
  /** My; AddressBook for a certificate that an enrollment agent asked for. */
  readonly store: 'My' | 'AddressBook';
  /** For whom an enrollment agent asked. */
  readonly onBehalfOf: string | undefined;
  /** The certificate that this one renews, now archived. */
  readonly renewed: Certificate | undefined;
}

/**
 * Nothing is stored before everything is checked.
 * Throws CRYPT_E_NOT_FOUND where no request waits for this certificate; CERT_E_UNTRUSTEDROOT, CERT_E_CHAINING and their
 * kin; XENROLL_E_RESPONSE_KA_HASH_NOT_FOUND, _UNEXPECTED_KA_HASH and _KA_HASH_MISMATCH where what the CA archived is not
 * what was sent; CRYPT_E_NO_KEY_PROPERTY, NTE_BAD_KEYSET, NTE_BAD_KEY where the key is not there; and as `readResponse`.
 */
export async function acceptResponse(
  file: Uint8Array,
  ports: AcceptPorts,
  options: AcceptOptions = {},
): Promise<AcceptedCertificate> {
  const { stores, engine } = ports;
  const response = await readResponse(file, engine);
  const { certificate, request } = await findRequested(response, ports);
  const chain = await chainOf(certificate, response, ports, options);
  checkKeyHash(request.properties.archivedKeyHash, response, options);
  const keyLocation = request.properties.keyProvInfo;
  if (!keyLocation) throw hresult('CRYPT_E_NO_KEY_PROPERTY', 'The request does not say where its private key is.');
  await requireKey(keyLocation, certificate, ports);

  const { renews, onBehalfOf, ...properties } = request.properties;
  // An enrollment agent's own store stays his: applications would take the other's certificate for one of the agent's.
  const store = onBehalfOf === undefined ? 'My' : 'AddressBook';
  await stores.open(store).add(certificate.raw, { ...properties, keyProvInfo: keyLocation });
  for (const issuer of chain.slice(1)) {
    if (!isSelfIssued(issuer)) await stores.open('CA').add(issuer.raw);
    else if (options.force) await stores.open('Root').add(issuer.raw);
  }
  const renewed = renews && (await archiveRenewed(renews, certificate, ports));
  await stores.open('Request').remove(request);
  const keyArchived = response.full?.encryptedKeyHash !== undefined;
  return { certificate, keyLocation, keyArchived, store, onBehalfOf, renewed };
}

/** The old certificate stays, for what it encrypted, and is no longer shown or chosen. One that is gone needs nothing. */
async function archiveRenewed(
  thumbprintOfOld: Uint8Array,
  certificate: Certificate,
  { stores, engine }: AcceptPorts,
): Promise<Certificate | undefined> {
  const wanted = formatHex(thumbprintOfOld);
  const my = stores.open('My');
  const old = (await my.list()).find(({ thumbprint }) => thumbprint === wanted);
  if (!old) return undefined;
  await my.setProperty(old, 'renewal', await thumbprint(certificate, engine));
  await my.setProperty(old, 'archived', true);
  return old.certificate;
}

/** The certificate whose key waits in the Request store. Throws CRYPT_E_NOT_FOUND. */
async function findRequested(
  { certificates, full }: EnrollmentResponse,
  { stores }: AcceptPorts,
): Promise<{ certificate: Certificate; request: EnrollmentEntry }> {
  for (const certificate of full ? [full.issued] : certificates) {
    const request = await findPendingRequest(stores, certificate.tbsCertificate.subjectPublicKeyInfo.raw);
    if (request) return { certificate, request };
  }
  const name = full?.issued ?? certificates[0];
  const whose = name ? ` of ${formatName(name.tbsCertificate.subject)}` : '';
  throw hresult('CRYPT_E_NOT_FOUND', `No request waits here for the certificate${whose}.`, {
    hint: 'Accept it as the user who made the request: -machine for a request with MachineKeySet = TRUE.',
  });
}

/** With -f the self-signed certificates of the answer are trusted beside the Root store. */
async function chainOf(
  certificate: Certificate,
  { certificates, full }: EnrollmentResponse,
  { stores, engine, clock }: AcceptPorts,
  { force }: AcceptOptions,
): Promise<readonly Certificate[]> {
  const alsoTrusted = force ? certificates.filter(isSelfIssued) : [];
  const request = { certificate, offered: certificates, time: clock.now(), alsoTrusted };
  const chain = await trustedChain(request, { stores, engine });
  const { ca } = full ?? {};
  if (ca && !isSamePublicKey(publicKeyOf(chain[1] ?? chain[0]!), publicKeyOf(ca))) {
    throw hresult(
      'CRYPT_E_SIGNER_NOT_FOUND',
      'The response is signed by another CA than the one above its certificate.',
    );
  }
  return chain;
}

function publicKeyOf({ tbsCertificate }: Certificate): Uint8Array {
  return tbsCertificate.subjectPublicKeyInfo.raw;
}

/** MS-WCCE 3.1.1.4.3.4.2: what the CA says that it archived must be what was sent. */
function checkKeyHash(sent: Uint8Array | undefined, { full }: EnrollmentResponse, { force }: AcceptOptions): void {
  const echoed = full?.encryptedKeyHash;
  if (sent === undefined) {
    if (echoed === undefined) return;
    throw hresult(
      'XENROLL_E_RESPONSE_UNEXPECTED_KA_HASH',
      'The CA archived a key, but none was sent with this request.',
    );
  }
  if (echoed !== undefined) {
    if (isSameBytes(sent, echoed)) return;
    throw hresult('XENROLL_E_RESPONSE_KA_HASH_MISMATCH', 'The CA archived another key than the one that was sent.');
  }
  if (full === undefined && force) return;
  throw hresult('XENROLL_E_RESPONSE_KA_HASH_NOT_FOUND', 'Nothing confirms that the CA archived the key.', {
    hint: full ? undefined : 'Accept the full response (.rsp) instead, or give -f to do without the confirmation.',
  });
}

/** The key must be there and be the certificate's. */
async function requireKey(
  { provider, container, keySpec }: KeyLocation,
  certificate: Certificate,
  { providers }: AcceptPorts,
): Promise<void> {
  const key = await providers.byName(provider).openKey(container, keySpec);
  const { publicKey } = key;
  key.close();
  if (isSamePublicKey(publicKey, publicKeyOf(certificate))) return;
  throw hresult('NTE_BAD_KEY', `The container ${container} holds another key than the certificate's.`);
}

/** True where a request waits for this answer in these stores: whose answer it is, the user's or the machine's. */
export async function isAwaited(
  file: Uint8Array,
  { stores, engine }: Pick<AcceptPorts, 'stores' | 'engine'>,
): Promise<boolean> {
  const { certificates, full } = await readResponse(file, engine);
  for (const certificate of full ? [full.issued] : certificates) {
    if (await findPendingRequest(stores, publicKeyOf(certificate))) return true;
  }
  return false;
}
