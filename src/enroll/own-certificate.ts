import type { CryptoEngine, SignatureScheme, Signer } from '#pki/crypto/engine';
import { buildTbsCertificate, signCertificate, type Validity } from '#pki/x509/certificate';
import type { Extension } from '#pki/x509/extension';
import type { Name } from '#pki/x509/name';
import { positiveSerial } from '#pki/x509/serial-number';
import type { PeriodUnit, ValidityPlan } from './inf/request-policy.ts';

const SERIAL_LENGTH = 16;

/** DER Certificate of a key by itself, or by a certificate that signs for it. */
export async function buildCertificate(request: {
  readonly subject: Name;
  /** DER SubjectPublicKeyInfo; the signer's own where absent. */
  readonly publicKey?: Uint8Array;
  /** The subject where absent. */
  readonly issuer?: Name;
  readonly validity: Validity;
  readonly extensions: readonly Extension[];
  readonly signer: Signer;
  readonly scheme: SignatureScheme;
  readonly engine: CryptoEngine;
}): Promise<Uint8Array> {
  const { subject, issuer = subject, validity, extensions, signer, scheme, engine } = request;
  const serial = engine.random(SERIAL_LENGTH);
  // One length for all: the first octet is neither zero nor in need of a sign octet.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const tbs = buildTbsCertificate({
    serialNumber: positiveSerial(serial),
    signature: scheme,
    issuer,
    validity,
    subject,
    subjectPublicKeyInfo: request.publicKey ?? signer.publicKey,
    extensions,
  });
  return signCertificate(tbs, scheme, signer);
}

/** A year from now where the plan says nothing. */
export function plannedValidity({ notBefore, notAfter, period }: ValidityPlan, now: Date): Validity {
  const from = wholeSeconds(notBefore ?? now);
  const to = notAfter ?? addPeriod(from, period?.unit ?? 'Years', period?.count ?? 1);
  return { notBefore: from, notAfter: to };
}

function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

const SECONDS: Readonly<Record<Exclude<PeriodUnit, 'Years' | 'Months'>, number>> = {
  Weeks: 604_800,
  Days: 86_400,
  Hours: 3600,
  Minutes: 60,
  Seconds: 1,
};

function addPeriod(from: Date, unit: PeriodUnit, count: number): Date {
  if (unit !== 'Years' && unit !== 'Months') return new Date(from.getTime() + count * SECONDS[unit] * 1000);
  const to = new Date(from);
  const day = to.getUTCDate();
  to.setUTCMonth(to.getUTCMonth() + (unit === 'Years' ? 12 * count : count));
  // The last day of a shorter month instead of the first days of the next.
  if (to.getUTCDate() !== day) to.setUTCDate(0);
  return to;
}
