/** Certificates and CRLs for tests of paths and rules: sound where nothing else is asked for, faulty exactly where it is. */
import type { KeyParameters, PrivateKey, SignatureScheme } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import {
  buildTbsCertificate,
  type Certificate,
  decodeCertificate,
  signCertificate,
  type TBSCertificatePlan,
} from '#pki/x509/certificate';
import {
  buildTbsCertList,
  type CertificateList,
  decodeCertificateList,
  signCertificateList,
  type TBSCertListPlan,
} from '#pki/x509/certificate-list';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { parseName } from '#pki/x509/name-text';
import { positiveSerial } from '#pki/x509/serial-number';

export interface Entity {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

export const NOW = new Date('2026-06-01T12:00:00Z');
const VALIDITY = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };

export async function newPrivateKey(parameters: KeyParameters = { type: 'ec', curve: 'P-256' }): Promise<PrivateKey> {
  return nodeEngine.importPrivateKey(await nodeEngine.generateKey(parameters));
}

export interface EntityPlan extends Partial<Omit<TBSCertificatePlan, 'subject' | 'issuer' | 'extensions'>> {
  readonly subject: string;
  /** Itself where absent. */
  readonly issuer?: Entity;
  readonly key?: PrivateKey;
  readonly cA?: boolean;
  /** Stand after the usual ones and replace those of the same type. */
  readonly extensions?: readonly Extension[];
  /** Types that are left out. */
  readonly without?: readonly string[];
}

/** DER TBSCertificate and the scheme it names. */
export async function planEntity(
  plan: EntityPlan,
  key: PrivateKey,
): Promise<{ tbs: Uint8Array; scheme: SignatureScheme }> {
  const subject = parseName(plan.subject);
  const signer = plan.issuer?.key ?? key;
  const scheme = plan.signature ?? defaultScheme(signer.publicKey);
  const replaced = [...(plan.without ?? []), ...(plan.extensions ?? []).map(({ extnID }) => extnID)];
  const usual = [
    encodeExtension(EXTENSIONS.subjectKeyIdentifier, await keyIdentifier(key.publicKey, nodeEngine)),
    encodeExtension(
      EXTENSIONS.keyUsage,
      plan.cA ? KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign : KEY_USAGE.digitalSignature,
    ),
    encodeExtension(EXTENSIONS.authorityKeyIdentifier, {
      keyIdentifier: await keyIdentifier(signer.publicKey, nodeEngine),
    }),
    ...(plan.cA ? [encodeExtension(EXTENSIONS.basicConstraints, { cA: true })] : []),
  ];
  const tbs = buildTbsCertificate({
    serialNumber: plan.serialNumber ?? positiveSerial(nodeEngine.random(16)),
    signature: scheme,
    issuer: plan.issuer?.certificate.tbsCertificate.subject ?? subject,
    validity: plan.validity ?? VALIDITY,
    subject,
    subjectPublicKeyInfo: plan.subjectPublicKeyInfo ?? key.publicKey,
    extensions: [...usual.filter(({ extnID }) => !replaced.includes(extnID)), ...(plan.extensions ?? [])],
  });
  return { tbs, scheme };
}

export async function issue(plan: EntityPlan): Promise<Entity> {
  const key = plan.key ?? (await newPrivateKey());
  const { tbs, scheme } = await planEntity(plan, key);
  const certificate = decodeCertificate(await signCertificate(tbs, scheme, plan.issuer?.key ?? key));
  return { certificate, key };
}

export interface CrlPlan extends Partial<Omit<TBSCertListPlan, 'issuer'>> {
  readonly number?: bigint;
  /** The entity under whose name the list stands; the signer's own where absent. */
  readonly under?: Entity;
}

/** DER TBSCertList and the scheme it names. */
export async function planCrl(signer: Entity, plan: CrlPlan): Promise<{ tbs: Uint8Array; scheme: SignatureScheme }> {
  const scheme = plan.signature ?? defaultScheme(signer.key.publicKey);
  const identifier = { keyIdentifier: await keyIdentifier(signer.key.publicKey, nodeEngine) };
  const tbs = buildTbsCertList({
    signature: scheme,
    issuer: (plan.under ?? signer).certificate.tbsCertificate.subject,
    thisUpdate: plan.thisUpdate ?? new Date('2026-05-31T00:00:00Z'),
    nextUpdate: plan.nextUpdate ?? new Date('2026-06-07T00:00:00Z'),
    revokedCertificates: plan.revokedCertificates ?? [],
    crlExtensions: plan.crlExtensions ?? [
      encodeExtension(EXTENSIONS.authorityKeyIdentifier, identifier),
      encodeExtension(EXTENSIONS.cRLNumber, plan.number ?? 1n),
    ],
  });
  return { tbs, scheme };
}

export async function issueCrl(signer: Entity, plan: CrlPlan = {}): Promise<CertificateList> {
  const { tbs, scheme } = await planCrl(signer, plan);
  return decodeCertificateList(await signCertificateList(tbs, scheme, signer.key));
}
