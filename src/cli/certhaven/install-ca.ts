import { CNG_HASH_NAMES } from '#ca/config/ca-signature-scheme';
import { hresult } from '#hresult/hresult-error';
import { requireCaName } from '#pki/x509/authority-name';
import type { Certificate } from '#pki/x509/certificate';
import { isSameName, type Name } from '#pki/x509/name';
import { formatName, parseName } from '#pki/x509/name-text';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import { requireAdministrator } from './administrator.ts';
import type { CommandContext, NewAuthority } from './context.ts';
import { existingCaKey } from './existing-ca-key.ts';
import { parseKeyAlgorithm } from './key-algorithm.ts';

/** Ten years: long enough that nobody meets the end by surprise in a lab, short of what root programs distrust. */
const DEFAULT_YEARS = 10;

const TYPES: Readonly<Record<string, NewAuthority['caType']>> = {
  'enterprise-root': 'enterprise root',
  'stand-alone-root': 'stand-alone root',
};

const DEFAULT_PROVIDER = 'Microsoft Software Key Storage Provider';

export async function run(context: CommandContext): Promise<Json> {
  const type = context.option('type') ?? 'enterprise-root';
  const caType = TYPES[type];
  if (caType === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', `--type ${type} is none of ${Object.keys(TYPES).join(', ')}.`);
  const provider = context.option('provider') ?? DEFAULT_PROVIDER;
  (await context.providers(true)).byName(provider);
  const existing = await existingCaKey(context, provider);
  const certificate = existing?.certificate;
  if (certificate && context.option('years') !== undefined)
    throw hresult('ERROR_INVALID_PARAMETER', '--years is for a certificate that is made; this one is there.');
  const years = wholeNumber(context.option('years') ?? String(DEFAULT_YEARS), '--years');
  // All of it is read before a domain is made: what is refused here leaves nothing behind.
  const wanted: NewAuthority = {
    caType,
    subject: subjectOf(context, certificate),
    years,
    provider: existing?.provider ?? provider,
    key: existing ?? { algorithm: parseKeyAlgorithm(context.option('key') ?? 'RSA:3072') },
    hash: hashOf(context.option('hash') ?? 'SHA256'),
    description: context.option('description') ?? '',
  };
  requireCaName(wanted.subject);
  const config = await inDomain(context, async () => {
    await requireAdministrator(context);
    return context.installAuthority(wanted);
  });
  const ends = certificate?.tbsCertificate.validity.notAfter;
  const life = ends ? `until ${formatDate(ends)}` : `${years} years`;
  context.out(`Certification authority ${config} installed (${caType}, ${life}).`);
  if (existing) context.out(`Key: ${existing.container}, in ${wanted.provider}`);
  context.out(`Home: ${context.homeDirectory}`);
  if (certificate) context.out(NO_CRL);
  return {
    config,
    caType,
    ...(ends ? { ends: ends.toISOString() } : { years }),
    home: context.homeDirectory,
    ...(existing ? { key: { provider: wanted.provider, container: existing.container } } : {}),
  };
}

const NO_CRL =
  "No CRL was published: it would lack what was revoked before. Restore the CA's database, where there is one, then: certutil -CRL";

function subjectOf({ option }: CommandContext, certificate: Certificate | undefined): Name {
  const text = option('name');
  const own = certificate?.tbsCertificate.subject;
  if (text === undefined) {
    if (own) return own;
    throw hresult('ERROR_INVALID_PARAMETER', 'The CA needs a name.', {
      hint: 'certhaven install-ca --name "CN=My CA"',
    });
  }
  const subject = parseName(/=/.test(text) ? text : `CN=${text}`);
  if (own === undefined || isSameName(own, subject)) return own ?? subject;
  throw hresult('ERROR_INVALID_PARAMETER', `The certificate is of ${formatName(own)}.`, { hint: 'leave --name out' });
}

/**
 * `work` in the domain that the machine is to be in, which is made for it where there is none, and goes again where `work`
 * fails. Throws ERROR_INVALID_PARAMETER where the machine is in another one.
 */
async function inDomain<T>(context: CommandContext, work: () => Promise<T>): Promise<T> {
  const directory = await context.directory();
  const asked = context.option('domain');
  if (directory.isInstalled) {
    if (asked === undefined || asked.toLowerCase() === directory.domain.dnsName.toLowerCase()) return work();
    throw hresult('ERROR_INVALID_PARAMETER', `This machine is in the domain ${directory.domain.dnsName} already.`, {
      hint: 'leave --domain out, or begin anew in another CERTHAVEN_HOME',
    });
  }
  const dnsName = asked ?? 'certhaven.internal';
  await context.installDomain(dnsName, context.option('netbios') ?? dnsName.split('.')[0]!.slice(0, 15).toUpperCase());
  try {
    const result = await work();
    const { domain } = await context.directory();
    context.out(`Domain ${domain.dnsName} (${domain.netbiosName}) created.`);
    return result;
  } catch (error) {
    await context.removeDomain();
    throw error;
  }
}

function hashOf(text: string): string {
  const known = CNG_HASH_NAMES.find((name) => name === text.toUpperCase().replace('-', ''));
  if (known !== undefined) return known;
  throw hresult('NTE_BAD_ALGID', `--hash ${text} is none of ${CNG_HASH_NAMES.join(', ')}.`, {
    hint: 'leave --hash out for SHA256',
  });
}

function wholeNumber(text: string, name: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw hresult('ERROR_INVALID_PARAMETER', `${name} ${text} is no number of years from 1 to 999.`, {
    hint: 'leave it out for 10',
  });
}
