/** The key recovery agents that the CA would load, and the archived keys they are needed for. */

import { type Configuration, readConfiguration } from '#ca/config/configuration';
import { checkListed } from '#ca/kra/check-listed';
import { issuedAgent } from '#ca/kra/issued-agent';
import { kraStore } from '#ca/kra/kra-store';
import { parseKeyRecoveryHashes } from '#ca/schema/key-recovery-hashes';
import { formatHex } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { ENDS_SOON_MS } from './ca-certificates.ts';
import { type Diagnosis, diagnosis, diagnosisOf } from './finding.ts';
import { caCertificatesOf, type OwnKeys } from './own-keys.ts';
import type { DoctorPorts } from './ports.ts';

type Ports = Pick<DoctorPorts, 'clock' | 'database' | 'engine' | 'retriever' | 'stores'>;

export async function recoveryAgents(ports: Ports, own: OwnKeys, configuration: Configuration): Promise<Diagnosis[]> {
  const used = configuration.dword('KRACertCount') ?? 0;
  if (used === 0) return [];
  const certificates = caCertificatesOf(own);
  const checked = await checkListed(
    { ports, certificates },
    configuration.strings('KRACertHash'),
    await kraStore(ports),
  );
  const found: Diagnosis[] = [];
  for (const { index, thumbprint, certificate, error } of checked) {
    const subject = certificate ? formatName(certificate.tbsCertificate.subject) : thumbprint;
    const name = `Key recovery agent ${index} (${subject})`;
    if (error) {
      const cure = `certhaven kra remove ${thumbprint}, and certhaven kra add another`;
      found.push(diagnosisOf('warning', 'recovery-agent', error, { text: `${name}: ${error.message}`, cure }));
      continue;
    }
    const { notAfter } = certificate!.tbsCertificate.validity;
    if (notAfter.getTime() - ports.clock.now().getTime() >= ENDS_SOON_MS) continue;
    const cure = 'have the agent renew his certificate, then certhaven kra add it';
    found.push(diagnosis('warning', 'recovery-agent-ends', `${name} ends ${notAfter.toISOString()}.`, { cure }));
  }
  const valid = checked.filter(({ error }) => error === undefined).length;
  if (valid < used) {
    const text = `${valid} of ${used} key recovery agents can be used: no key is archived from the CA's next start on.`;
    const cure = 'certhaven kra add AGENT, or certhaven kra --use N for fewer';
    found.push(diagnosis('error', 'recovery-agents-few', text, { symbol: 'CERTSRV_E_NO_VALID_KRA', cure }));
  }
  return found;
}

/** Keys that were sealed to agents of whom the CA has none any more: neither chosen nor in the KRA store. */
export async function archivedKeys(ports: Ports): Promise<Diagnosis[]> {
  const configuration = await readConfiguration(ports.database);
  const present = new Set((await kraStore(ports)).keys());
  for (const hash of configuration.strings('KRACertHash')) present.add(hash.replaceAll(' ', '').toLowerCase());
  const keys = new Set([...(await kraStore(ports)).values()].map(publicKeyOf));
  const isPresent = new Map<string, boolean>();
  let lost = 0;
  let archived = 0;
  for await (const row of ports.database.view({
    table: 'Requests',
    columns: ['Request.RequestID', 'Request.KeyRecoveryHashes'],
    restrictions: [{ column: 'Request.RawArchivedKey', operator: '!=', value: null }],
  })) {
    archived++;
    const agents = parseKeyRecoveryHashes(String(row.get('Request.KeyRecoveryHashes') ?? ''));
    let opens = false;
    for (const thumbprint of agents) {
      const known =
        isPresent.get(thumbprint) ?? (present.has(thumbprint) || (await isRenewed(ports, thumbprint, keys)));
      isPresent.set(thumbprint, known);
      if (known) opens = true;
    }
    if (!opens) lost++;
  }
  if (lost === 0) return [];
  const text = `${lost} of ${archived} archived keys are sealed to agents of whom this machine has no certificate.`;
  const cure =
    'certhaven kra coverage --keys lists them; put the agents back with certutil -addstore KRA FILE, and keep their keys';
  return [diagnosis('warning', 'archived-keys-lost', text, { cure })];
}

/** A certificate that the agent renewed with its key: the new one stands in the store. */
async function isRenewed({ database }: Ports, thumbprint: string, keys: ReadonlySet<string>): Promise<boolean> {
  const certificate = await issuedAgent(database, thumbprint);
  return certificate !== undefined && keys.has(publicKeyOf(certificate));
}

function publicKeyOf({ tbsCertificate }: Certificate): string {
  return formatHex(tbsCertificate.subjectPublicKeyInfo.raw);
}
