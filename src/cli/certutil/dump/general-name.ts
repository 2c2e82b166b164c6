/** The lines of names and places in extensions, as CryptFormatObject breaks and indents them: five columns a step. */
import { formatHex } from '#pki/asn1/bytes';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { szOID_NT_PRINCIPAL_NAME, szOID_NTDS_REPLICATION } from '#pki/asn1/oid-table';
import type { DistributionPointName } from '#pki/x509/extensions/distribution-point';
import type { GeneralName, GeneralNames } from '#pki/x509/general-name';
import { orUndefined } from '#pki/x509/readable-extension';
import { nameLines } from './name.ts';
import { spacedHex } from './octets.ts';
import { oidName } from './oid-text.ts';

const STEP = '     ';

/** One step to the right. */
export function indented(lines: readonly string[], steps = 1): string[] {
  return lines.map((line) => STEP.repeat(steps) + line);
}

export function generalNamesLines(names: GeneralNames): string[] {
  return names.flatMap(generalNameLines);
}

export function generalNameLines(name: GeneralName): string[] {
  switch (name.type) {
    case 'otherName':
      return ['Other Name:', ...indented([otherNameText(name.typeId, name.value)])];
    case 'rfc822Name':
      return [`RFC822 Name=${name.value}`];
    case 'dNSName':
      return [`DNS Name=${name.value}`];
    case 'uniformResourceIdentifier':
      return [urlText(name.value)];
    case 'directoryName':
      return ['Directory Address:', ...indented(nameLines(name.value))];
    case 'iPAddress':
      return [`IP Address=${addressText(name.value)}`];
    case 'registeredID':
      return [`Registered ID=${name.value}`];
    case 'x400Address':
    case 'ediPartyName':
      return [`${name.type}=${spacedHex(name.value)}`];
  }
}

function otherNameText(typeId: string, value: Uint8Array): string {
  if (typeId === szOID_NT_PRINCIPAL_NAME) {
    const upn = orUndefined(() => decodeWhole(value, (reader) => reader.string()));
    if (upn !== undefined) return `Principal Name=${upn}`;
  }
  const label = typeId === szOID_NTDS_REPLICATION ? 'DS Object Guid' : (oidName(typeId) ?? typeId);
  return `${label}=${spacedHex(value)}`;
}

/** `URL=`; where it holds escapes, as a person reads it and in parentheses as it stands, which is Windows 10's form. */
function urlText(url: string): string {
  let readable = url;
  try {
    readable = decodeURIComponent(url);
  } catch {
    // Not UTF-8 behind its percent signs: it is shown as it stands.
  }
  // A line of the dump must stay one line, whatever the escapes hide.
  return readable === url || /[\p{Cc}\p{Cf}]/u.test(readable) ? `URL=${url}` : `URL=${readable} (${url})`;
}

/** RFC 5280 §4.2.1.6: 4 or 16 octets; in name constraints (§4.2.1.10) the address and its mask. */
function addressText(octets: Uint8Array): string {
  const dotted = (part: Uint8Array) => part.join('.');
  if (octets.length === 4) return dotted(octets);
  if (octets.length === 8) return `${dotted(octets.subarray(0, 4))} Mask=${dotted(octets.subarray(4))}`;
  if (octets.length === 16) return colons(octets);
  if (octets.length === 32) return `${colons(octets.subarray(0, 16))} Mask=${colons(octets.subarray(16))}`;
  return spacedHex(octets);
}

function colons(octets: Uint8Array): string {
  return formatHex(octets).replace(/....(?=.)/g, '$&:');
}

/** What stands under a numbered distribution point. */
export function distributionPointNameLines(name: DistributionPointName): string[] {
  if (!('fullName' in name))
    return ['Distribution Point Name:', ...indented([`RDN Name=${spacedHex(name.nameRelativeToCRLIssuer)}`])];
  return ['Distribution Point Name:', ...indented(['Full Name:', ...indented(generalNamesLines(name.fullName))])];
}
