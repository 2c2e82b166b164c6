import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext, NewAuthority } from './context.ts';

/** Ten years: long enough that nobody meets the end by surprise in a lab, short of what root programs distrust. */
const DEFAULT_YEARS = 10;

const TYPES: Readonly<Record<string, NewAuthority['caType']>> = {
  'enterprise-root': 'enterprise root',
  'stand-alone-root': 'stand-alone root',
};

export async function run(context: CommandContext): Promise<Json> {
  const subject = context.option('name');
  if (subject === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', 'The CA needs a name.', {
      hint: 'certhaven install-ca --name "CN=My CA"',
    });
  const type = context.option('type') ?? 'enterprise-root';
  const caType = TYPES[type];
  if (caType === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', `--type ${type} is none of ${Object.keys(TYPES).join(', ')}.`);
  const directory = await context.directory();
  if (!directory.isInstalled) {
    const dnsName = context.option('domain') ?? 'certhaven.internal';
    await context.installDomain(
      dnsName,
      context.option('netbios') ?? dnsName.split('.')[0]!.slice(0, 15).toUpperCase(),
    );
    context.out(`Domain ${directory.domain.dnsName} (${directory.domain.netbiosName}) created.`);
  }
  const years = wholeNumber(context.option('years') ?? String(DEFAULT_YEARS), '--years');
  const config = await context.installAuthority({
    caType,
    subject: /=/.test(subject) ? subject : `CN=${subject}`,
    years,
    provider: context.option('provider') ?? 'Microsoft Software Key Storage Provider',
    key: context.option('key') ?? 'RSA:3072',
    hash: context.option('hash') ?? 'SHA256',
    description: context.option('description') ?? '',
  });
  context.out(`Certification authority ${config} installed (${caType}, ${years} years).`);
  context.out(`Home: ${context.homeDirectory}`);
  return { config, caType, years, home: context.homeDirectory };
}

function wholeNumber(text: string, name: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw hresult('ERROR_INVALID_PARAMETER', `${name} ${text} is no number of years from 1 to 999.`);
}
