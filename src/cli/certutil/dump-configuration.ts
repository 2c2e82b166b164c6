import type { CertificationAuthority } from '#ca/api';
import { isHresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import type { Name } from '#pki/x509/name';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { settingAt } from './registry/path.ts';
import { withAuthority } from './with-authority.ts';

/** Column of the values. */
const WIDTH = 30;

/** CONFIG_FLAGS of a CA that is local, in the directory and in the shared folder's list: what Windows prints as 13. */
const LOCAL_CA_FLAGS = '13';

/** `certutil -dump` without a file: the configuration of the CA. */
export async function dumpConfiguration(context: CertutilContext): Promise<Json> {
  return withAuthority(context, async (authority) => {
    const fields = await configurationFields(authority);
    context.out('Entry 0: (Local)');
    for (const [name, value] of fields) context.out(`  ${`${name}:`.padEnd(WIDTH)}"${value}"`);
    return [Object.fromEntries(fields)];
  });
}

async function configurationFields(authority: CertificationAuthority): Promise<[name: string, value: string][]> {
  const info = await authority.info();
  const newest = info.certificates.at(-1);
  const subject = newest && decodeCertificate(newest.certificate).tbsCertificate.subject;
  const attribute = (type: string) => (subject ? attributeOf(subject, type) : '');
  return [
    ['Name', info.commonName],
    ['Organizational Unit', attribute('2.5.4.11')],
    ['Organization', attribute('2.5.4.10')],
    ['Locality', attribute('2.5.4.7')],
    ['State', attribute('2.5.4.8')],
    ['Country/region', attribute('2.5.4.6')],
    ['Config', authority.config],
    ['Exchange Certificate', ''],
    ['Signature Certificate', `${info.dnsName}_${info.sanitizedName}.crt`],
    ['Description', await descriptionOf(authority)],
    ['Server', info.dnsName],
    ['Authority', info.commonName],
    ['Sanitized Name', info.sanitizedName],
    ['Short Name', info.commonName],
    ['Sanitized Short Name', info.sanitizedShortName],
    ['Flags', LOCAL_CA_FLAGS],
    ['Web Enrollment Servers', ''],
  ];
}

/** Empty for a caller who may not read the configuration. */
async function descriptionOf(authority: CertificationAuthority): Promise<string> {
  try {
    const value = settingAt(await authority.registry(), '', 'CADescription')?.value;
    return value?.type === 'REG_SZ' ? value.data : '';
  } catch (error) {
    if (isHresult(error, 'ERROR_ACCESS_DENIED')) return '';
    throw error;
  }
}

function attributeOf(name: Name, type: string): string {
  return name.rdnSequence.flat().find((attribute) => attribute.type === type)?.value ?? '';
}
