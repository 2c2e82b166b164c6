/** The key recovery agents that an exported configuration names. */
import type { Configuration } from '#ca/config/configuration';
import { plainHash } from '#ca/config/plain-hash';
import { requireKraUsage } from '#ca/kra/check-kra';
import { HresultError } from '#hresult/hresult-error';
import { ENDS_SOON_MS } from '../ca-certificates.ts';
import { type Diagnosis, diagnosis, diagnosisOf } from '../finding.ts';
import type { HeldCertificate } from './held-certificates.ts';
import { subjectOf } from './listed-certificates.ts';

export function agentFindings(configuration: Configuration, held: readonly HeldCertificate[], now: Date): Diagnosis[] {
  const found: Diagnosis[] = [];
  const hashes = configuration.strings('KRACertHash').map(plainHash);
  const used = configuration.dword('KRACertCount') ?? 0;
  if (used > hashes.length) {
    const text = `CA\\KRACertCount is ${used}, and KRACertHash names ${hashes.length}: no key would be archived.`;
    found.push(
      diagnosis('error', 'recovery-agents-few', text, {
        symbol: 'CERTSRV_E_NO_VALID_KRA',
        cure: 'certhaven kra --use N',
      }),
    );
  }
  for (const [index, hash] of hashes.entries()) {
    const agent = held.find(({ thumbprint }) => thumbprint === hash);
    const name = `Key recovery agent ${index} (${agent ? subjectOf(agent) : hash})`;
    if (!agent) {
      const cure =
        'bring it from the KRA store: certutil -store KRA HASH FILE, and put it into that of the new machine';
      found.push(diagnosis('note', 'recovery-agent', `${name} is in none of the files.`, { cure }));
      continue;
    }
    const { notAfter } = agent.certificate.tbsCertificate.validity;
    const cure = 'have another agent enroll, and choose him: certhaven kra add';
    try {
      requireKraUsage(agent.certificate);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      found.push(diagnosisOf('warning', 'recovery-agent', error, { text: `${name}: ${error.message}`, cure }));
    }
    if (notAfter < now)
      found.push(
        diagnosis('warning', 'recovery-agent', `${name} ended ${notAfter.toISOString()}.`, {
          symbol: 'CERT_E_EXPIRED',
          cure,
        }),
      );
    else if (notAfter.getTime() - now.getTime() < ENDS_SOON_MS)
      found.push(diagnosis('warning', 'recovery-agent-ends', `${name} ends ${notAfter.toISOString()}.`, { cure }));
  }
  return found;
}
