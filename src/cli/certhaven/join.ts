import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

const DEFAULT_PORT = 8443;

/** The fingerprint is what trust rests on: it is compared with one that came another way, never taken as it comes. */
export async function run(context: CommandContext): Promise<Json> {
  const [typed, ...more] = context.arguments;
  if (typed === undefined || more.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', 'The URL of a CA is expected.', {
      hint: 'certhaven join https://ca01.contoso.com:8443',
    });
  }
  if (context.flag('yes') && context.option('fingerprint') === undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', '--yes says yes to nothing: there is no fingerprint to compare with.', {
      hint: 'join with --fingerprint and what certhaven fingerprint shows on the machine of the CA; then nothing is asked',
    });
  }
  const url = serviceUrl(typed);
  const { config, domain, certificate } = await context.findAuthority(url);
  const fingerprint = formatHex(context.sha256(certificate));
  await requireConfirmed(context, config, fingerprint);
  await context.join(url, certificate);
  context.out(`${config} joined: domain ${domain.dnsName} (${domain.netbiosName}).`);
  context.out('certhaven sign-in signs you in.');
  return { config, url, fingerprint, domain: { dnsName: domain.dnsName, netbiosName: domain.netbiosName } };
}

/** `https://ca01.contoso.com:8443`; a name alone gets the scheme and the port of `certhaven serve`. */
function serviceUrl(typed: string): string {
  const text = /^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.username !== '' || url.search !== '') {
    throw hresult('ERROR_INVALID_PARAMETER', `${typed} is no URL of a service.`, {
      hint: 'https://HOST:PORT, as certhaven serve prints it',
    });
  }
  if (text !== typed && url.port === '') url.port = String(DEFAULT_PORT);
  return url.origin;
}

/** Throws CERT_E_UNTRUSTEDROOT for another fingerprint, ERROR_CANCELLED. */
async function requireConfirmed(context: CommandContext, config: string, fingerprint: string): Promise<void> {
  const expected = context.option('fingerprint')?.replace(/[\s:]/g, '').toLowerCase();
  if (expected === fingerprint) return;
  if (expected !== undefined) {
    throw hresult('CERT_E_UNTRUSTEDROOT', `The certificate of ${config} has the SHA-256 fingerprint ${fingerprint}.`, {
      hint: 'ask who runs the CA for its fingerprint; certhaven fingerprint shows it on the machine of the CA',
    });
  }
  if (!context.console.isInteractive) {
    throw hresult('CERT_E_UNTRUSTEDROOT', `Nobody has confirmed the SHA-256 fingerprint ${fingerprint}.`, {
      hint: 'compare it with what certhaven fingerprint shows on the machine of the CA, then join with --fingerprint',
    });
  }
  context.out(`CA:                  ${config}`);
  context.out(`SHA-256 fingerprint: ${fingerprint}`);
  const question = 'Is this the fingerprint that certhaven fingerprint shows on the machine of the CA? (yes/no)';
  const answer = await context.console.prompt(question, { aside: context.flag('json') });
  if (/^y(?:es)?$/i.test(answer.trim())) return;
  throw hresult('ERROR_CANCELLED', 'The CA is not trusted.', {
    hint: 'ask who runs the CA for its fingerprint; certhaven fingerprint shows it on the machine of the CA',
  });
}
