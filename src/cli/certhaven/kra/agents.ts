/** Key recovery agents as the command names, finds and prints them. */
import type { KeyRecoveryAgent } from '#ca/api';
import { hresult, isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { decodePemOrDer } from '#pki/asn1/pem';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { commonName } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { KRA_DISP_TEXTS } from '../../certutil/ca-info/values.ts';
import type { Console } from '../../io/console.ts';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';

export interface Agent {
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string;
  readonly certificate: Certificate | undefined;
  /** KRA_DISP; undefined where the CA does not offer it. */
  readonly state: number | undefined;
  /** Place in KRACertHash. */
  readonly index: number | undefined;
}

export function agentOf({ thumbprint, certificate, state, index }: KeyRecoveryAgent): Agent {
  return { thumbprint, certificate: certificate && decodeCertificate(certificate), state, index };
}

/** Those that a thumbprint, serial number, common name or subject means. */
export function agentsNamed(agents: readonly Agent[], token: string): readonly Agent[] {
  const hex = token.replaceAll(' ', '').toLowerCase();
  const text = token.toLowerCase();
  return agents.filter(({ thumbprint, certificate }) => {
    if (thumbprint === hex) return true;
    if (certificate === undefined) return false;
    const { serialNumber, subject } = certificate.tbsCertificate;
    const names = [commonName(subject), formatName(subject)];
    return formatSerial(serialNumber) === hex || names.some((name) => name?.toLowerCase() === text);
  });
}

/** The same, or those whose certificate the file of that name holds. */
export async function findAgents(agents: readonly Agent[], token: string, console: Console): Promise<readonly Agent[]> {
  const named = agentsNamed(agents, token);
  if (named.length > 0) return named;
  const raw = await readCertificate(token, console);
  return agents.filter(({ certificate }) => certificate && isSameBytes(certificate.raw, raw));
}

/** Throws CRYPT_E_NOT_FOUND where there is neither an agent nor a file of that name. */
export async function readCertificate(token: string, console: Console): Promise<Uint8Array> {
  try {
    return decodePemOrDer(await console.readFile(token));
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_NOT_FOUND')) throw error;
    throw hresult('CRYPT_E_NOT_FOUND', `${token} is neither a key recovery agent nor a file.`, {
      hint: 'certhaven kra lists the agents; name one by common name, serial number or SHA-1',
      cause: error,
    });
  }
}

/** Throws TYPE_E_AMBIGUOUSNAME. */
export function requireOne(agents: readonly Agent[], token: string): Agent | undefined {
  if (agents.length < 2) return agents[0];
  const all = agents.map(({ thumbprint }) => thumbprint).join(', ');
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${token} has several certificates: ${all}.`, {
    hint: 'name one by its SHA-1 hash',
  });
}

export function agentName({ certificate, thumbprint }: Agent): string {
  return certificate ? formatName(certificate.tbsCertificate.subject) : thumbprint;
}

/** KRA_DISP of one that archived keys name and the CA offers no more: -getkey needs it in the KRA store. */
const NOT_FOUND = 1;

function stateOf({ state = NOT_FOUND }: Agent): string {
  return (KRA_DISP_TEXTS[state] ?? 'Invalid').toLowerCase();
}

export function agentLines(agent: Agent): string[] {
  const { certificate, thumbprint } = agent;
  return [
    certificate ? agentName(agent) : 'Unknown',
    ...(certificate ? [`  Serial Number: ${formatSerial(certificate.tbsCertificate.serialNumber)}`] : []),
    `  Cert Hash(sha1): ${thumbprint}`,
    ...(certificate ? [`  NotAfter: ${formatDate(certificate.tbsCertificate.validity.notAfter)}`] : []),
    `  State: ${stateOf(agent)}`,
  ];
}

export function agentJson(agent: Agent): { readonly [key: string]: Json | undefined } {
  const tbsCertificate = agent.certificate?.tbsCertificate;
  return {
    thumbprint: agent.thumbprint,
    subject: tbsCertificate && formatName(tbsCertificate.subject),
    serialNumber: tbsCertificate && formatSerial(tbsCertificate.serialNumber),
    notAfter: tbsCertificate?.validity.notAfter.toISOString(),
    state: stateOf(agent),
    index: agent.index,
  };
}
