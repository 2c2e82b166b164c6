/**
 * What -verifystore says of a certificate, in the words in which published transcripts of -verify and -verifystore end. Where
 * they are silent the text is ours.
 */
import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import type { HresultError } from '#hresult/hresult-error';
import { anyPolicy } from '#pki/asn1/oid-table';
import { formatName } from '#pki/x509/name-text';
import type { Json } from '../../io/verb.ts';
import { namedObjectId } from '../text/object-id-lines.ts';
import type { Finding, Verdict } from './verify-entry.ts';

export function verdictLines(verdict: Verdict, { verbose }: { readonly verbose: boolean }): string[] {
  const { chain, findings, unchecked, issuancePolicies, applicationPolicies } = verdict;
  const issuance = issuancePolicies.filter((policy) => policy !== anyPolicy);
  return [
    ...(verbose ? chain.map((each, depth) => `Chain[${depth}]: ${formatName(each.tbsCertificate.subject)}`) : []),
    ...policyLines('Issuance', issuance, issuancePolicies.includes(anyPolicy) ? 'All' : 'None'),
    ...policyLines('Application', applicationPolicies ?? [], applicationPolicies ? 'None' : 'All'),
    ...findings.flatMap(findingLines),
    ...(unchecked.length > 0 ? ['Revocation check skipped -- no revocation information available'] : []),
    conclusion(verdict),
  ];
}

function policyLines(kind: string, oids: readonly string[], otherwise: string): string[] {
  if (oids.length === 0) return [`Verified ${kind} Policies: ${otherwise}`];
  return [`Verified ${kind} Policies:`, ...oids.map((oid) => `    ${namedObjectId(oid)}`)];
}

/** Of a certificate above the one that was asked about, its name too. */
function findingLines({ certificate, depth, error }: Finding): string[] {
  const text = `${HRESULTS[error.symbol][1]} ${formatHresult(error.hresult)}`;
  const name = depth === 0 ? [] : [`    ${formatName(certificate.tbsCertificate.subject)}`];
  if (error.symbol !== 'CRYPT_E_REVOCATION_OFFLINE') return [text, ...name];
  const whose = depth === 0 ? 'leaf certificate' : 'issuing certificate';
  return [`ERROR: Verifying ${whose} revocation status returned ${text}`, ...name];
}

function conclusion({ findings }: Verdict): string {
  if (findings.length === 0) return 'Certificate is valid';
  if (findings.some(({ depth, error }) => depth === 0 && error.symbol === 'CRYPT_E_REVOKED'))
    return 'Certificate is REVOKED';
  const isKnown = findings.some(({ error }) => error.symbol !== 'CRYPT_E_REVOCATION_OFFLINE');
  return isKnown ? 'Certificate is NOT valid' : 'Cannot tell whether the certificate is revoked';
}

export function verdictJson(verdict: Verdict): { readonly [name: string]: Json | undefined } {
  const { chain, findings, unchecked, issuancePolicies, applicationPolicies } = verdict;
  return {
    isValid: findings.length === 0,
    errors: findings.map(({ depth, error }) => ({ depth, ...errorJson(error) })),
    chain: chain.map(({ tbsCertificate }) => formatName(tbsCertificate.subject)),
    isRevocationChecked:
      unchecked.length === 0 && !findings.some(({ error }) => error.symbol === 'CRYPT_E_REVOCATION_OFFLINE'),
    issuancePolicies,
    applicationPolicies: applicationPolicies ?? null,
  };
}

function errorJson({ hresult, symbol, detail }: HresultError): { readonly [name: string]: Json | undefined } {
  return { hresult: `0x${hresult.toString(16).padStart(8, '0')}`, symbol, detail };
}
