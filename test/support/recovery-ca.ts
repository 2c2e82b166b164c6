/** A certification authority made of nothing but formats: certificates and recovery BLOBs as a test wants them. */

import { type DerNode, encodeDer, octetString, oid, sequence, time } from '#pki/asn1/der-writer';
import {
  id_ce_basicConstraints,
  id_ce_cRLReasons,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  id_data,
  szOID_ARCHIVED_KEY_CERT_HASH,
  szOID_CTL,
  szOID_KP_KEY_RECOVERY_AGENT,
} from '#pki/asn1/oid-table';
import { attributeOf } from '#pki/cms/attribute';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { sealData } from '#pki/cms/seal';
import { signData } from '#pki/cms/sign';
import type { CryptoEngine, KeyParameters, PrivateKey, SignatureScheme } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { encodeBcryptEccBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import { buildTbsCertificate, type Certificate, decodeCertificate, signCertificate } from '#pki/x509/certificate';
import { buildTbsCertList, signCertificateList } from '#pki/x509/certificate-list';
import type { Extension } from '#pki/x509/extension';
import { encodeBasicConstraints } from '#pki/x509/extensions/basic-constraints';
import { encodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { encodeKeyUsage, KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { encodeReasonCode } from '#pki/x509/extensions/reason-code';
import { encodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { parseName } from '#pki/x509/name-text';
import { positiveSerial } from '#pki/x509/serial-number';

export const RSA: KeyParameters = { type: 'rsa', modulusLength: 2048 };
export const P256: KeyParameters = { type: 'ec', curve: 'P-256' };

export interface Holder {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  readonly pkcs8: Uint8Array;
  /** Undefined for a root. */
  readonly issuer: Holder | undefined;
}

export interface HolderPlan {
  readonly subject: string;
  readonly role: 'ca' | 'user' | 'agent';
  readonly issuer?: Holder;
  readonly parameters?: KeyParameters;
  /** The pair of somebody else: a renewal with the same key. */
  readonly sameKeyAs?: Holder;
  readonly notAfter?: Date;
  readonly engine?: CryptoEngine;
}

export function schemeOf(holder: Holder): SignatureScheme {
  const isRsa = holder.certificate.tbsCertificate.subjectPublicKeyInfo.algorithm.algorithm === '1.2.840.113549.1.1.1';
  return { name: isRsa ? 'rsa-pkcs1' : 'ecdsa', digest: 'sha256' };
}

export async function makeHolder(plan: HolderPlan): Promise<Holder> {
  const { role, issuer, engine = nodeEngine } = plan;
  const pkcs8 = plan.sameKeyAs?.pkcs8 ?? (await engine.generateKey(plan.parameters ?? RSA));
  const key = await engine.importPrivateKey(pkcs8);
  const subject = parseName(plan.subject);
  const signer = issuer?.key ?? key;
  const scheme: SignatureScheme = issuer ? schemeOf(issuer) : schemeOfParameters(plan);
  const notAfter = plan.notAfter ?? new Date(Date.now() + 30 * 86_400_000);
  const tbs = buildTbsCertificate({
    serialNumber: positiveSerial(engine.random(12)),
    signature: scheme,
    issuer: issuer?.certificate.tbsCertificate.subject ?? subject,
    validity: { notBefore: new Date(notAfter.getTime() - 60 * 86_400_000), notAfter },
    subject,
    subjectPublicKeyInfo: key.publicKey,
    extensions: extensionsOf(role, await keyIdentifier(key.publicKey, engine)),
  });
  return { certificate: decodeCertificate(await signCertificate(tbs, scheme, signer)), key, pkcs8, issuer };
}

function schemeOfParameters({ parameters = RSA, sameKeyAs }: HolderPlan): SignatureScheme {
  if (sameKeyAs) return schemeOf(sameKeyAs);
  return { name: parameters.type === 'rsa' ? 'rsa-pkcs1' : 'ecdsa', digest: 'sha256' };
}

function extensionsOf(role: HolderPlan['role'], identifier: Uint8Array): Extension[] {
  const usage = {
    ca: KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign | KEY_USAGE.digitalSignature,
    user: KEY_USAGE.keyEncipherment | KEY_USAGE.keyAgreement,
    agent: KEY_USAGE.keyEncipherment | KEY_USAGE.keyAgreement,
  }[role];
  const extension = (extnID: string, critical: boolean, value: Parameters<typeof encodeDer>[0]): Extension => {
    return { extnID, critical, extnValue: encodeDer(value) };
  };
  const extensions = [
    extension(id_ce_keyUsage, true, encodeKeyUsage(usage)),
    extension(id_ce_subjectKeyIdentifier, false, encodeSubjectKeyIdentifier(identifier)),
  ];
  if (role === 'ca') extensions.push(extension(id_ce_basicConstraints, true, encodeBasicConstraints({ cA: true })));
  if (role === 'agent') {
    extensions.push(extension(id_ce_extKeyUsage, false, encodeExtendedKeyUsage([szOID_KP_KEY_RECOVERY_AGENT])));
  }
  return extensions;
}

/** A CRL of the CA on which these are, revoked for key compromise; it is good for a day. */
export async function makeCrl(ca: Holder, revoked: readonly Holder[]): Promise<Uint8Array> {
  const now = Date.now();
  const reason = { extnID: id_ce_cRLReasons, critical: false, extnValue: encodeDer(encodeReasonCode(1)) };
  const tbs = buildTbsCertList({
    signature: schemeOf(ca),
    issuer: ca.certificate.tbsCertificate.subject,
    thisUpdate: new Date(now - 3_600_000),
    nextUpdate: new Date(now + 86_400_000),
    revokedCertificates: revoked.map(({ certificate }) => ({
      userCertificate: certificate.tbsCertificate.serialNumber,
      revocationDate: new Date(now - 7_200_000),
      crlEntryExtensions: [reason],
    })),
    crlExtensions: [],
  });
  return signCertificateList(tbs, schemeOf(ca), ca.key);
}

/** A CTL of these certificates by SHA-1, signed by the CA, for the one purpose. */
export async function makeCtl(ca: Holder, name: string, trusted: readonly Holder[]): Promise<Uint8Array> {
  const subjects: DerNode[] = [];
  for (const { certificate } of trusted) {
    subjects.push(sequence(octetString(await nodeEngine.digest('sha1', certificate.raw))));
  }
  const now = Date.now();
  const list = sequence(
    sequence(oid(szOID_KP_KEY_RECOVERY_AGENT)),
    octetString(new Uint8Array(Buffer.from(`${name}\0`, 'utf16le'))),
    time(new Date(now - 3_600_000)),
    time(new Date(now + 86_400_000)),
    sequence(oid('1.3.14.3.2.26')),
    sequence(...subjects),
  );
  return signData({
    eContentType: szOID_CTL,
    eContent: encodeDer(list),
    signers: [{ signer: ca.key, sid: issuerAndSerialNumberOf(ca.certificate), scheme: schemeOf(ca) }],
    certificates: [ca.certificate.raw],
    engine: nodeEngine,
  });
}

export interface BlobPlan {
  readonly ca: Holder;
  readonly user: Holder;
  readonly agents: readonly Holder[];
  /** What is sealed to the agents: the key as its CSP or KSP exports it, unless said otherwise. */
  readonly keyBlob?: Uint8Array;
  readonly eContentType?: string;
  /** Changes what is signed: the archived key, a ContentInfo. */
  readonly content?: (archivedKey: Uint8Array) => Uint8Array;
  /** Undefined leaves the attribute out. */
  readonly certificateHash?: Uint8Array | undefined;
  readonly certificates?: readonly Uint8Array[];
  readonly engine?: CryptoEngine;
}

/** MS-CSRA 3.1.4.2.9 and document 004, "Recovery BLOB Structure". */
export async function makeRecoveryBlob(plan: BlobPlan): Promise<Uint8Array> {
  const { ca, user, agents, engine = nodeEngine } = plan;
  const archivedKey = await sealData({
    content: plan.keyBlob ?? nativeKeyBlob(user),
    cipher: { name: 'des-ede3-cbc' },
    recipients: agents.map(({ certificate }) => ({ certificate })),
    engine,
  });
  const hash = 'certificateHash' in plan ? plan.certificateHash : await engine.digest('sha1', user.certificate.raw);
  return signData({
    eContentType: plan.eContentType ?? id_data,
    eContent: plan.content?.(archivedKey) ?? archivedKey,
    signers: [
      {
        signer: ca.key,
        sid: issuerAndSerialNumberOf(ca.certificate),
        scheme: schemeOf(ca),
        signedAttributes: hash ? [attributeOf(szOID_ARCHIVED_KEY_CERT_HASH, octetString(hash))] : [],
      },
    ],
    certificates: plan.certificates ?? [user, ...chainOf(ca), ...agents].map(({ certificate }) => certificate.raw),
    engine,
  });
}

export function nativeKeyBlob({ pkcs8, key }: Holder): Uint8Array {
  return key.publicKey.length > 150 ? encodeCapiPrivateKeyBlob(pkcs8) : encodeBcryptEccBlob(pkcs8, 'ECDH');
}

export function chainOf(holder: Holder): Holder[] {
  return holder.issuer ? [holder, ...chainOf(holder.issuer)] : [holder];
}
