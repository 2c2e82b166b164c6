/** A registry value as certutil prints it, with the names of its bits. */
import type { RegistrySetting } from '#ca/api';
import { CA_TYPE, REGISTRY_FLAGS, REQDISP } from '#ca/config/registry-flags';
import { parsePublicationUrl } from '#ca/config/url-variables';
import type { Directory } from '#ca/ports';
import { decodeOfficerRights } from '#ca/roles/officer-rights';
import { CA_RIGHT, type CaRight } from '#ca/roles/rights';
import { ACE_TYPE, isTrusteeAce } from '#ca/template/access-control-entry';
import { decodeSecurityDescriptor } from '#ca/template/security-descriptor';
import { isOid } from '#pki/asn1/object-identifier';
import { oidByDotted } from '#pki/asn1/oid-table';
import { orUndefined } from '#pki/x509/readable-extension';
import { type DateStyle, formatDate } from '../../io/date.ts';
import { hexDump } from '../../io/hex-dump.ts';
import { accountName } from '../text/account-name.ts';
import { algorithmIdLines } from '../text/algorithm-id.ts';
import { dwordText, flagLines, type NamedBit } from '../text/dword-text.ts';

export interface RegistryStyle extends DateStyle {
  /** -v: the bits that are not set too, in parentheses. */
  readonly showUnset: boolean;
  /** Where account names come from; SIDs stand for them without. */
  readonly directory: Directory | undefined;
  /** Pads the name, in the listing of a key. */
  readonly nameWidth?: number;
}

/** Windows prints AuditFilter as a number alone. */
const BITS_ONLY_WITH_V: ReadonlySet<string> = new Set(['auditfilter']);

const CHOICES: Readonly<Record<string, readonly NamedBit[]>> = {
  catype: Object.entries(CA_TYPE).map(([name, value]) => ({ name, value })),
};

export async function registryLines({ name, value }: RegistrySetting, style: RegistryStyle): Promise<string[]> {
  const head = `  ${name.padEnd(style.nameWidth ?? 0)} ${value.type} =`;
  switch (value.type) {
    case 'REG_SZ':
      return [`${head} ${value.data}`];
    case 'REG_DWORD':
      return [`${head} ${dwordText(value.data)}`, ...namesOf(name, value.data, style)];
    case 'REG_MULTI_SZ':
      return [head, ...value.data.flatMap((text, index) => multiLines(name, text, index, style))];
    case 'REG_BINARY':
      return binaryLines(name, value.data, head, style);
  }
}

/** The bits of a value by its name, case aside: for printing, and for +NAME and -NAME. */
export function registryBits(name: string): readonly NamedBit[] {
  const wanted = name.toLowerCase();
  if (wanted === 'requestdisposition') {
    return Object.entries(REQDISP).map(([flag, value]) => ({ name: `REQDISP_${flag}`, value }));
  }
  const key = Object.keys(REGISTRY_FLAGS).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? [] : REGISTRY_FLAGS[key]!;
}

function namesOf(name: string, value: number, style: RegistryStyle): string[] {
  const wanted = name.toLowerCase();
  const choice = CHOICES[wanted]?.find((candidate) => candidate.value === value);
  if (/^(?:Hash|Encryption)Algorithm$/i.test(name)) return style.showUnset ? algorithmIdLines(value) : [];
  if (choice) return [`    ${choice.name} -- ${dwordText(choice.value)}`];
  if (wanted === 'requestdisposition') return requestDispositionLines(value);
  if (BITS_ONLY_WITH_V.has(wanted) && !style.showUnset) return [];
  return flagLines(value, registryBits(name), { showUnset: style.showUnset });
}

/** A choice in the low byte and one flag above it: no mere bits. */
function requestDispositionLines(value: number): string[] {
  const choice = Object.entries(REQDISP).find(([name, number]) => name !== 'MASK' && number === (value & REQDISP.MASK));
  return [
    ...(choice ? [`    REQDISP_${choice[0]} -- ${dwordText(choice[1])}`] : []),
    ...flagLines(value, [{ name: 'REQDISP_PENDINGFIRST', value: REQDISP.PENDINGFIRST }]),
  ];
}

function multiLines(name: string, text: string, index: number, style: RegistryStyle): string[] {
  const bits = registryBits(name);
  if (bits.length > 0) {
    const flags = orUndefined(() => parsePublicationUrl(text))?.flags ?? 0;
    const lines = [`    ${index}: ${text}`, ...flagLines(flags, bits, { showUnset: style.showUnset })];
    return index === 0 ? lines : ['', ...lines];
  }
  const known = isOid(text) ? oidByDotted(text) : undefined;
  return [`    ${index}: ${text}${known ? ` -- ${known.displayName}` : ''}`];
}

/** FILETIME counts from 1601. */
const FILETIME_EPOCH = -11644473600000n;

async function binaryLines(name: string, data: Uint8Array, head: string, style: RegistryStyle): Promise<string[]> {
  if (/NextPublish$|^DBLast/i.test(name) && data.length === 8) {
    const ticks = new DataView(data.buffer, data.byteOffset, 8).getBigUint64(0, true);
    return [`${head} ${formatDate(new Date(Number(ticks / 10_000n + FILETIME_EPOCH)), style)}`];
  }
  if (name.toLowerCase() === 'security') {
    const lines = await securityLines(data, style.directory);
    if (lines) return [head, ...lines, ''];
  }
  const dump = hexDump(data, { address: true, ascii: true }).map((line) => `    ${line}`);
  if (/^(?:Officer|EnrollmentAgent)Rights$/i.test(name)) {
    const lines = await restrictionLines(data, style.directory);
    if (lines) return [head, ...lines, '', ...dump];
  }
  return [head, ...dump];
}

const RIGHT_TEXTS: Readonly<Record<CaRight, string>> = {
  Administrator: 'CA Administrator',
  Officer: 'Certificate Manager',
  Auditor: 'Auditor',
  Operator: 'Backup Operator',
  Read: 'Read',
  Enroll: 'Enroll',
};

async function securityLines(data: Uint8Array, directory: Directory | undefined): Promise<string[] | undefined> {
  const descriptor = orUndefined(() => decodeSecurityDescriptor(data));
  if (descriptor === undefined) return undefined;
  const lines: string[] = [];
  for (const ace of descriptor.dacl ?? []) {
    if (!isTrusteeAce(ace) || (ace.type !== ACE_TYPE.ACCESS_ALLOWED && ace.type !== ACE_TYPE.ACCESS_DENIED)) continue;
    const rights = (Object.keys(CA_RIGHT) as CaRight[]).filter((right) => (ace.mask & CA_RIGHT[right]) !== 0);
    const kind = ace.type === ACE_TYPE.ACCESS_ALLOWED ? 'Allow' : 'Deny';
    const names = rights.map((right) => RIGHT_TEXTS[right]).join(' ');
    lines.push(`    ${kind} ${names}\t${await accountName(ace.sid, directory)}`);
  }
  return lines;
}

/** `Allow <officer>\t<requesters>\t<template>`, as AD CS prints EnrollmentAgentRights; no template is every template. */
async function restrictionLines(data: Uint8Array, directory: Directory | undefined): Promise<string[] | undefined> {
  const rights = orUndefined(() => decodeOfficerRights(data));
  if (rights === undefined) return undefined;
  const lines: string[] = [];
  for (const { type, officer, subjects, template } of rights) {
    const names = await Promise.all(subjects.map((sid) => accountName(sid, directory)));
    const kind = type === 'allow' ? 'Allow' : 'Deny';
    lines.push(
      `    ${kind} ${await accountName(officer, directory)}\t${names.join(', ')}${template === undefined ? '' : `\t${template}`}`,
    );
  }
  return lines;
}
