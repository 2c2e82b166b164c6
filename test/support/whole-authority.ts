/** What must hold of a CA's database whatever happened to its process, its disk or its clock. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { verifyAuditChain } from '#ca/audit/chain';
import type { CaDatabase } from '#ca/ports';
import { DB_DISP } from '#ca/schema/dispositions';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import { type Agent, collect } from './authority-world.ts';
import { keyBlobOf, type RequesterKey } from './requester.ts';

const COLUMNS = [
  'Request.RequestID',
  'Request.Disposition',
  'SerialNumber',
  'RawCertificate',
  'CertificateHash',
  'CertificateTemplate',
];

/** CA_CERT is the CA's own certificate. */
const WITH_CERTIFICATE: readonly number[] = [DB_DISP.ISSUED, DB_DISP.REVOKED, DB_DISP.CA_CERT];
const WITHOUT: readonly number[] = [DB_DISP.PENDING, DB_DISP.DENIED, DB_DISP.ERROR];

/**
 * A CA that has started again: no signing is left over but those that failed, every request is in one final state, no serial number and no CRL number stands twice,
 * whatever is issued is recorded with its certificate, the audit chain is whole. Answers the issued certificates by request.
 */
export async function assertWhole(database: CaDatabase): Promise<ReadonlyMap<number, Certificate>> {
  // Published signings are forgotten without anybody waiting for it.
  if ((await database.signings()).length > 0) await database.commit([]);
  // One that ended in an error keeps its signing for a certificate manager, who may resubmit it.
  for (const { RequestID } of await database.signings())
    assert.equal((await database.request(RequestID))?.Disposition, DB_DISP.ERROR, `request ${RequestID} is half-made`);
  const issued = new Map<number, Certificate>();
  const serials = new Set<string>();
  for (const row of await collect(database.view({ table: 'Requests', columns: COLUMNS }))) {
    const requestId = Number(row.get('Request.RequestID'));
    const disposition = Number(row.get('Request.Disposition'));
    const serial = row.get('SerialNumber') as string | null;
    const raw = row.get('RawCertificate') as Uint8Array | null;
    if (serial !== null) {
      assert.ok(!serials.has(serial), `serial number ${serial} stands twice`);
      serials.add(serial);
    }
    const states = raw === null ? WITHOUT : WITH_CERTIFICATE;
    assert.ok(states.includes(disposition), `request ${requestId} is in state ${disposition}`);
    if (raw === null) continue;
    const certificate = decodeCertificate(raw);
    assert.equal(formatSerial(certificate.tbsCertificate.serialNumber), serial);
    assert.equal(createHash('sha1').update(raw).digest('hex'), row.get('CertificateHash'));
    issued.set(requestId, certificate);
  }
  const numbers = (await collect(database.view({ table: 'CRLs', columns: ['CRLNumber'] }))).map((row) =>
    Number(row.get('CRLNumber')),
  );
  assert.equal(new Set(numbers).size, numbers.length, 'a CRL number stands twice');
  const { broken } = await verifyAuditChain(database.audit(), (data) => createHash('sha256').update(data).digest());
  assert.equal(broken, undefined, 'the audit chain is broken');
  return issued;
}

/** The archived key of a request opens with the agent's key and is `key`, in the form its client sent. */
export async function assertRecovers(
  database: CaDatabase,
  requestId: number,
  { certificate, key: { key: agentKey } }: Agent,
  key: RequesterKey,
): Promise<void> {
  const archived = (await database.request(requestId))?.RawArchivedKey;
  assert.ok(archived, `request ${requestId} has no archived key`);
  const opened = await openData(
    decodeEnvelopedData(archived),
    recipientOf(decodeCertificate(certificate), agentKey),
    engine,
  );
  assert.ok(Buffer.from(opened).equals(keyBlobOf(key)), `request ${requestId} has the key of another`);
}
