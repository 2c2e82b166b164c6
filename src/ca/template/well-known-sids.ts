/** SIDs that are the same everywhere or end alike in every domain. MS-DTYP 2.4.2.4; SDDL names 2.5.1.1. */

export const SID_EVERYONE = 'S-1-1-0';
export const SID_ENTERPRISE_DOMAIN_CONTROLLERS = 'S-1-5-9';
export const SID_AUTHENTICATED_USERS = 'S-1-5-11';
export const SID_LOCAL_SYSTEM = 'S-1-5-18';
export const SID_ADMINISTRATORS = 'S-1-5-32-544';

export interface WellKnownSid {
  readonly sid: string;
  /** As Windows prints the account: `NT AUTHORITY\Authenticated Users`. */
  readonly accountName: string;
  readonly sddl: string;
}

export const WELL_KNOWN_SIDS: readonly WellKnownSid[] = [
  { sid: SID_EVERYONE, accountName: 'Everyone', sddl: 'WD' },
  { sid: 'S-1-3-0', accountName: 'CREATOR OWNER', sddl: 'CO' },
  { sid: 'S-1-3-1', accountName: 'CREATOR GROUP', sddl: 'CG' },
  { sid: 'S-1-5-2', accountName: 'NT AUTHORITY\\NETWORK', sddl: 'NU' },
  { sid: 'S-1-5-4', accountName: 'NT AUTHORITY\\INTERACTIVE', sddl: 'IU' },
  { sid: 'S-1-5-6', accountName: 'NT AUTHORITY\\SERVICE', sddl: 'SU' },
  { sid: 'S-1-5-7', accountName: 'NT AUTHORITY\\ANONYMOUS LOGON', sddl: 'AN' },
  {
    sid: SID_ENTERPRISE_DOMAIN_CONTROLLERS,
    accountName: 'NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS',
    sddl: 'ED',
  },
  { sid: 'S-1-5-10', accountName: 'NT AUTHORITY\\SELF', sddl: 'PS' },
  { sid: SID_AUTHENTICATED_USERS, accountName: 'NT AUTHORITY\\Authenticated Users', sddl: 'AU' },
  { sid: SID_LOCAL_SYSTEM, accountName: 'NT AUTHORITY\\SYSTEM', sddl: 'SY' },
  { sid: 'S-1-5-19', accountName: 'NT AUTHORITY\\LOCAL SERVICE', sddl: 'LS' },
  { sid: 'S-1-5-20', accountName: 'NT AUTHORITY\\NETWORK SERVICE', sddl: 'NS' },
  { sid: SID_ADMINISTRATORS, accountName: 'BUILTIN\\Administrators', sddl: 'BA' },
  { sid: 'S-1-5-32-545', accountName: 'BUILTIN\\Users', sddl: 'BU' },
  { sid: 'S-1-5-32-546', accountName: 'BUILTIN\\Guests', sddl: 'BG' },
  { sid: 'S-1-5-32-551', accountName: 'BUILTIN\\Backup Operators', sddl: 'BO' },
];

/** Relative identifiers of a domain's own groups, with their SDDL names. */
export const DOMAIN_GROUPS = [
  { rid: 500, name: 'Administrator', sddl: 'LA' },
  { rid: 512, name: 'Domain Admins', sddl: 'DA' },
  { rid: 513, name: 'Domain Users', sddl: 'DU' },
  { rid: 514, name: 'Domain Guests', sddl: 'DG' },
  { rid: 515, name: 'Domain Computers', sddl: 'DC' },
  { rid: 516, name: 'Domain Controllers', sddl: 'DD' },
  { rid: 517, name: 'Cert Publishers', sddl: 'CA' },
  { rid: 518, name: 'Schema Admins', sddl: 'SA' },
  { rid: 519, name: 'Enterprise Admins', sddl: 'EA' },
  { rid: 553, name: 'RAS and IAS Servers', sddl: 'RS' },
] as const;

export type DomainGroupName = (typeof DOMAIN_GROUPS)[number]['name'];

/** The SID of a domain's group by its English name. */
export function domainGroupSid(domainSid: string, name: DomainGroupName): string {
  for (const group of DOMAIN_GROUPS) if (group.name === name) return `${domainSid}-${group.rid}`;
  throw new TypeError(`no such domain group: ${name}`);
}
