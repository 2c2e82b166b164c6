/**
 * A CA made of certificates and rules of thumb: it shows a client what a CA answers, good and bad, without being one. The
 * template decides the outcome: `Pending` waits, `Unsupported` is denied, all others are issued.
 */
import type { CaClient, ExchangeCertificate, RequestOutcome, Retriever } from '#enroll/ports';
import { hresult } from '#hresult/hresult-error';
import { isEncryptedKeyHashOf } from '#pki/cmc/encrypted-key-hash';
import { decodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import { decodeFullRequest, type FullRequest } from '#pki/cmc/full-request';
import { buildFullResponse, type FullResponseOutcome } from '#pki/cmc/full-response';
import { parseRequestAttributes, valueOfName } from '#pki/cmc/name-value-pairs';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { isContentInfo } from '#pki/cms/content-info';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { verifySignerInfo } from '#pki/cms/verify';
import { nodeEngine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { decodeKeyBlob } from '#pki/keyblob/key-blob';
import {
  type CertificationRequest,
  decodeCertificationRequest,
  isSignedByOwnKey,
  requestedExtensions,
} from '#pki/x509/certification-request';
import { urlDistributionPoint } from '#pki/x509/extensions/crl-distribution-points';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { formatName } from '#pki/x509/name-text';
import { type Entity, type EntityPlan, issue, issueCrl, newPrivateKey } from './x509-hierarchy.ts';

export const CRL_URL = 'http://pki.contoso.com/ca.crl';
const szOID_KP_CA_EXCHANGE = '1.3.6.1.4.1.311.21.5';

/** The extensions an exchange certificate has. */
export function exchangeExtensions(purposes: readonly string[] = [szOID_KP_CA_EXCHANGE]) {
  return [
    encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment),
    ...(purposes.length > 0 ? [encodeExtension(EXTENSIONS.extKeyUsage, purposes)] : []),
    encodeExtension(EXTENSIONS.cRLDistributionPoints, [urlDistributionPoint([CRL_URL])]),
  ];
}

export interface FakeAuthorityOptions {
  readonly root?: Entity;
  /** Over the usual plan of the exchange certificate. */
  readonly exchange?: Partial<EntityPlan>;
}

interface Row {
  readonly outcome: Omit<RequestOutcome, 'fullResponse'>;
  readonly fullResponse: Uint8Array;
}

export class FakeAuthority implements CaClient {
  readonly config = 'ca1.contoso.com\\Contoso CA';
  readonly root: Entity;
  readonly exchange: Entity;
  /** What `exchangeCertificate` answers as the CA's chain. */
  chain: readonly Uint8Array[];
  /** DER PrivateKeyInfo by request id, as it was opened. */
  readonly archivedKeys = new Map<number, Uint8Array>();
  readonly submitted: Uint8Array[] = [];
  /** In place of the hash of the archived key in the next response; null for none. */
  echo: Uint8Array | null | undefined;
  readonly #rows = new Map<number, Row>();

  private constructor(root: Entity, exchange: Entity) {
    this.root = root;
    this.exchange = exchange;
    this.chain = [root.certificate.raw];
  }

  static async create(options: FakeAuthorityOptions = {}): Promise<FakeAuthority> {
    const root = options.root ?? (await issue({ subject: 'CN=Contoso CA', cA: true }));
    const exchange = await issue({
      subject: 'CN=Contoso CA-Xchg',
      issuer: root,
      key: await newPrivateKey({ type: 'rsa', modulusLength: 2048 }),
      extensions: exchangeExtensions(),
      ...options.exchange,
    });
    return new FakeAuthority(root, exchange);
  }

  /** Serves a CRL at the place the certificates name. */
  async retriever(plan: Parameters<typeof issueCrl>[1] = {}): Promise<Retriever> {
    const crl = await issueCrl(this.root, plan);
    return { retrieve: async (url) => (url === CRL_URL ? crl.raw : undefined) };
  }

  async exchangeCertificate(): Promise<ExchangeCertificate> {
    return { certificate: this.exchange.certificate.raw, chain: this.chain };
  }

  async submit(call: { readonly request: Uint8Array; readonly attributes: string }): Promise<RequestOutcome> {
    this.submitted.push(call.request);
    const requestId = this.#rows.size + 1;
    const full = isContentInfo(call.request) ? decodeFullRequest(call.request) : undefined;
    const request = full?.certificationRequest ?? decodeCertificationRequest(call.request);
    if (!(await isSignedByOwnKey(request, nodeEngine))) throw hresult('NTE_BAD_SIGNATURE');
    if (full) await this.#takeKey(requestId, full);
    const template = templateOf(request, full, call.attributes);
    await this.#decide(requestId, template, request, full);
    return this.retrieve(requestId);
  }

  /** What an officer does with a pending request. */
  async issuePending(requestId: number, request: Uint8Array): Promise<void> {
    const full = decodeFullRequest(request);
    await this.#decide(requestId, 'User', full.certificationRequest, full);
  }

  async retrieve(request: number | string): Promise<RequestOutcome> {
    const row = this.#rows.get(Number(request));
    if (!row) throw hresult('CERTSRV_E_PROPERTY_EMPTY');
    return { ...row.outcome, fullResponse: row.fullResponse };
  }

  async close(): Promise<void> {}

  async #takeKey(requestId: number, full: FullRequest): Promise<void> {
    const publicKey = full.certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
    await verifySignerInfo(full.signedData, full.signedData.signerInfos[0]!, publicKey, nodeEngine);
    if (!full.archivedKey) return;
    const { contentInfo } = full.archivedKey;
    if (!full.encryptedKeyHash || !(await isEncryptedKeyHashOf(full.encryptedKeyHash, contentInfo, nodeEngine))) {
      throw hresult('CRYPT_E_HASH_VALUE');
    }
    const recipient = recipientOf(this.exchange.certificate, this.exchange.key);
    const keyBlob = await openData(decodeEnvelopedData(contentInfo), recipient, nodeEngine);
    this.archivedKeys.set(requestId, decodeKeyBlob(keyBlob, publicKey).pkcs8);
  }

  async #decide(
    requestId: number,
    template: string | undefined,
    request: CertificationRequest,
    full: FullRequest | undefined,
  ): Promise<void> {
    const base = { requestId, statusCode: 0, certificate: undefined, certificateChain: undefined };
    if (template === 'Pending') {
      const outcome = { ...base, disposition: 'pending', dispositionMessage: 'Taken Under Submission' } as const;
      const pendTime = new Date('2026-06-01T12:00:00Z');
      return this.#record(outcome, { status: 'pending', requestId, pendTime });
    }
    if (template === 'Unsupported') {
      const dispositionMessage = `Denied by Policy Module  0x80094800, The request was for a certificate template that is not supported by the Active Directory Certificate Services policy: ${template}.`;
      const outcome = { ...base, disposition: 'denied', statusCode: 0x80094800, dispositionMessage } as const;
      return this.#record(outcome, { status: 'failed' });
    }
    if (template === 'NoEmail') {
      const dispositionMessage = 'Denied by Policy Module';
      const outcome = { ...base, disposition: 'denied', statusCode: 0x80094812, dispositionMessage } as const;
      return this.#record(outcome, { status: 'failed' });
    }
    const { subject, subjectPKInfo } = request.certificationRequestInfo;
    const { certificate } = await issue({
      subject: formatName(subject),
      issuer: this.root,
      subjectPublicKeyInfo: subjectPKInfo.raw,
      extensions: full?.extensions ?? requestedExtensions(request),
    });
    const echoed = this.echo === undefined ? full?.encryptedKeyHash : (this.echo ?? undefined);
    const chain = encodeCertsOnly([certificate.raw, ...this.chain]);
    await this.#record(
      {
        ...base,
        disposition: 'issued',
        dispositionMessage: 'Issued',
        certificate: certificate.raw,
        certificateChain: chain,
      },
      { status: 'issued', certificate: certificate.raw, encryptedKeyHash: echoed },
    );
  }

  async #record(outcome: Row['outcome'], answer: FullResponseOutcome): Promise<void> {
    const { certificate, key } = this.root;
    const fullResponse = await buildFullResponse({
      outcome: answer,
      statusString: outcome.dispositionMessage,
      chain: this.chain,
      signer: { signer: key, sid: issuerAndSerialNumberOf(certificate), scheme: defaultScheme(key.publicKey) },
      engine: nodeEngine,
    });
    this.#rows.set(outcome.requestId, { outcome, fullResponse });
  }
}

function templateOf(
  request: CertificationRequest,
  full: FullRequest | undefined,
  attributes: string,
): string | undefined {
  const own = request.certificationRequestInfo.attributes
    .filter(({ type }) => type === '1.3.6.1.4.1.311.13.2.1')
    .flatMap(({ values }) => values.map(decodeNameValuePair));
  const pairs = [...parseRequestAttributes(attributes), ...own, ...(full?.registrationInfo ?? [])];
  return valueOfName(pairs, 'CertificateTemplate');
}
