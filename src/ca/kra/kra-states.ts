/** The agents as the Recovery Agents page shows them: document 004, "Enabling a Key Recovery Agent". */
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import type { KeyRecoveryAgent, KraCertificateInfo } from '../api.ts';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import { kraContainers } from '../template/templates-in-directory.ts';
import { KRA_DISP, kraDispositionOf, requireKraUsage } from './check-kra.ts';
import { checkListed, faultOf } from './check-listed.ts';
import { kraStore } from './kra-store.ts';

/** Those of KRACertHash; one that was chosen since the start is not loaded. */
export async function kraStates(authority: Authority): Promise<readonly KraCertificateInfo[]> {
  const value = (await readConfiguration(authority.ports.database)).value('KRACertHash');
  const hashes = value?.type === 'REG_MULTI_SZ' ? value.data : [];
  try {
    const checked = await checkListed(authority, hashes, await kraStore(authority.ports));
    return checked.map(({ index, thumbprint, certificate, error }) => ({
      index,
      thumbprint,
      certificate: certificate?.raw,
      state: stateOf(authority, thumbprint, error),
    }));
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    // The store itself cannot be read, which is no reason to tell nothing else of the CA.
    return hashes.map((written, index) => {
      return { index, thumbprint: plainHash(written), certificate: undefined, state: kraDispositionOf(error) };
    });
  }
}

/** Those of KRACertHash, then all others that the KRA store and the directory's KRA containers hold. */
export async function keyRecoveryAgents(authority: Authority): Promise<readonly KeyRecoveryAgent[]> {
  const chosen = await kraStates(authority);
  const known = new Set(chosen.map(({ thumbprint }) => thumbprint));
  const others: KeyRecoveryAgent[] = [];
  const sorted = [...(await available(authority))].sort(([, a], [, b]) => (nameAndEnd(a) < nameAndEnd(b) ? -1 : 1));
  for (const [thumbprint, certificate] of sorted) {
    if (known.has(thumbprint)) continue;
    const state = stateOf(authority, thumbprint, await faultOf(authority, certificate));
    others.push({ index: undefined, thumbprint, certificate: certificate.raw, state });
  }
  return [...chosen, ...others];
}

function nameAndEnd({ tbsCertificate: { subject, validity } }: Certificate): string {
  return `${formatName(subject)} ${validity.notAfter.toISOString()}`;
}

function stateOf({ kraRing }: Authority, thumbprint: string, error: HresultError | undefined): number {
  if (error !== undefined) return kraDispositionOf(error);
  return kraRing.valid.some((loaded) => loaded.thumbprint === thumbprint) ? KRA_DISP.VALID : KRA_DISP.NOTLOADED;
}

async function available({ ports }: Authority): Promise<ReadonlyMap<string, Certificate>> {
  const found = new Map<string, Certificate>();
  const add = async (raw: Uint8Array): Promise<void> => {
    const certificate = agentOf(raw);
    if (certificate) found.set(formatHex(await ports.engine.digest('sha1', raw)), certificate);
  };
  for (const { certificate } of await ports.stores.list('KRA')) await add(certificate);
  for (const { attributes } of await ports.directory.children(kraContainers(ports.directory)))
    for (const value of attributes.get('userCertificate') ?? []) if (typeof value !== 'string') await add(value);
  return found;
}

/** Undefined for what is no certificate of an agent: anybody may have put it there. */
function agentOf(raw: Uint8Array): Certificate | undefined {
  try {
    const certificate = decodeCertificate(raw);
    requireKraUsage(certificate);
    return certificate;
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}
