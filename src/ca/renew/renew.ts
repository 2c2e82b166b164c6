/** Renewing the certificate of a root CA: with the key it has, or with a new one. `certutil -renewCert`. */
import { hresult } from '#hresult/hresult-error';
import { parseHex } from '#pki/asn1/bytes';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { decodeTbsCertificate } from '#pki/x509/certificate';
import type { CaRenewal, RenewedCaCertificate } from '../api.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Caller } from '../authority.ts';
import type { CurrentCa } from '../ca-certificate.ts';
import { signatureSchemeOf } from '../config/ca-signature-scheme.ts';
import { plainHash } from '../config/plain-hash.ts';
import { CA_TYPE } from '../config/registry-flags.ts';
import { buildTbsRootCertificate } from '../install/root-certificate.ts';
import { certificateColumns, issuerNameId } from '../issue/certificate-row.ts';
import { requireCleanCertificate } from '../issue/require-clean.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import type { AuthorityPorts } from '../ports.ts';
import { authorize, type Door } from '../roles/authorize.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import { abandonRenewal, completeRenewal } from './complete-renewal.ts';
import { keySpecFault, wrongKeySpecs } from './key-spec.ts';
import { type OutstandingRenewal, outstandingRenewal, rememberRenewal } from './outstanding.ts';
import { type PreviousCertificate, planKey, previousCertificate, takeKey } from './renewal-key.ts';

/** Where a renewal arrives: at a CA that runs, or at one that does not start, because its certificate has ended. */
export interface RenewalDoor extends Door {
  readonly ports: AuthorityPorts;
  /** What a running CA signs with. */
  readonly current?: Pick<CurrentCa, 'index'>;
}

/**
 * The certificate is on record before it is signed, and in use once the CA starts again. Throws ERROR_ACCESS_DENIED;
 * ERROR_INVALID_PARAMETER for a parent, which a root has none of; NTE_BAD_FLAGS where a certificate of the CA has a KeySpec
 * that its provider does not know and its key is to stay; NTE_EXISTS where the new key's container is taken; ERROR_BUSY
 * where the certificate of the last renewal is not in use yet, or the CA's keys are on the move; CRYPT_E_NOT_FOUND, NTE_BAD_KEYSET and NTE_BAD_KEY where the
 * CA's own certificate or key is gone. What fails before it is recorded leaves nothing behind.
 */
export async function renewCaCertificate(
  door: RenewalDoor,
  caller: Caller,
  { reuseKey, force = false }: CaRenewal,
): Promise<RenewedCaCertificate> {
  const { ports } = door;
  const { clock, database } = ports;
  const attempt = { event: 'configurationChanged', values: ['', 'CACertHash', ''] } as const;
  const configuration = await authorize(door, caller, ['Administrator'], attempt);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await requireNoOther(door, context, force);
  // The move knows the keys there were when it was planned.
  await ports.requireNoKeyMove?.();
  const previous = await previousCertificate(ports, configuration);
  if (reuseKey) {
    const wrong = await wrongKeySpecs(ports, configuration);
    if (wrong.length > 0) throw keySpecFault(wrong);
  }
  const index = configuration.strings('CACertHash').length;
  const plan = await planKey(ports, configuration, previous, { reuseKey, index });
  const renewal = { ...plan, requestId: await database.nextRequestId() };
  await database.commit(rememberRenewal(renewal));
  try {
    const key = await takeKey(ports, renewal, previous);
    try {
      await record(ports, context, { renewal, index, previous, key });
    } finally {
      key.close();
    }
  } catch (error) {
    // Where this fails too, the next start does it.
    await abandonRenewal(ports, context, renewal).catch(() => undefined);
    throw error;
  }
  const certificate = await completeRenewal(ports, context, renewal);
  const { provider, container } = renewal.key;
  return { index, keyIndex: renewal.keyIndex, certificate: certificate.raw, provider, container };
}

async function requireNoOther({ ports, current }: RenewalDoor, context: AuditContext, force: boolean): Promise<void> {
  const { configuration } = context;
  const newest = configuration.strings('CACertHash').findLastIndex((hash) => plainHash(hash) !== '-');
  if (current && current.index !== newest) {
    throw hresult('ERROR_BUSY', 'The CA was renewed, and starts again with its new certificate.', {
      hint: 'wait until it has',
    });
  }
  const outstanding = outstandingRenewal(configuration);
  if (outstanding === undefined) return;
  if (!force) {
    throw hresult('ERROR_BUSY', `A renewal that was begun waits for its key, ${outstanding.key.container}.`, {
      hint: 'certutil -f -renewCert gives it up; it is brought to its end once the CA starts with its provider at hand',
    });
  }
  await abandonRenewal(ports, context, outstanding);
}

/** The whole to-be-signed certificate, with its row. */
async function record(
  { clock, database, engine }: AuthorityPorts,
  { time, subject, configuration }: AuditContext,
  renewing: {
    readonly renewal: OutstandingRenewal;
    readonly index: number;
    readonly previous: PreviousCertificate;
    readonly key: ProviderKey;
  },
): Promise<void> {
  const { renewal, index, previous, key } = renewing;
  const { requestId, keyIndex } = renewal;
  const { subject: name, validity } = previous.certificate.tbsCertificate;
  const notBefore = backdated(clock.now(), configuration);
  const life = validity.notAfter.getTime() - validity.notBefore.getTime();
  const toBeSigned = await buildTbsRootCertificate(engine, {
    subject: name,
    // As long as the one before; RenewalValidityPeriod is CAPolicy.inf's, which is read on Windows alone.
    validity: { notBefore, notAfter: wholeSeconds(new Date(notBefore.getTime() + life)) },
    publicKey: key.publicKey,
    scheme: signatureSchemeOf(configuration, key.publicKey),
    enterprise: (configuration.dword('CAType') ?? 0) === CA_TYPE.ENUM_ENTERPRISE_ROOTCA,
    version: { certIndex: index, keyIndex },
    previousCertHash: parseHex(plainHash(previous.thumbprint)),
  });
  const tbsCertificate = decodeTbsCertificate(toBeSigned);
  requireCleanCertificate(tbsCertificate, { tbsCertificate });
  await database.commit([
    {
      insert: 'Requests',
      row: {
        RequestID: requestId,
        Disposition: DB_DISP.CA_CERT,
        RequestFlags: CR_FLG.FORCEUTF8 | CR_FLG.RENEWAL,
        StatusCode: 0,
        SubmittedWhen: time,
        RequesterName: subject,
        CallerName: subject,
        DispositionMessage: 'CA certificate',
      },
    },
    {
      insert: 'Certificates',
      row: {
        RequestID: requestId,
        ...certificateColumns(tbsCertificate),
        IssuerNameID: issuerNameId({ index, keyIndex }),
      },
    },
    { insert: 'Signings', row: { RequestID: requestId, toBeSigned } },
  ]);
}
