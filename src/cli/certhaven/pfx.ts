import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { type CryptoEngine, type PrivateKey, wipe } from '#pki/crypto/engine';
import { publicKeyKind } from '#pki/crypto/public-key';
import { keySpecInFile, keySpecOfUsage } from '#pki/keyblob/key-usage-attribute';
import { computePublicKey } from '#pki/keyblob/public-key-match';
import { isPfxPassword, openPfx } from '#pki/pkcs12/open';
import { type PfxKeyPair, pairKeys } from '#pki/pkcs12/pair-keys';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

/**
 * `certhaven pfx FILE`: a PFX as a card of keys. Says what is in it, or whether a password opens it; signs and decrypts with one of
 * its keys. The key is in memory for that time: no container is made, so none is left, whatever ends the command.
 */
export async function run(context: CommandContext): Promise<Json> {
  const [file, ...more] = context.arguments;
  if (file === undefined || more.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'One PFX file.');
  const action = actionOf(context);
  const bytes = readPfxFile(await context.console.readFile(file));
  const engine = await context.engine();
  if ('output' in action) await requireFree(context, action.output);
  const password = await context.console.prompt('Enter PFX password:', { hidden: true, aside: context.isJson });
  if (action.name === 'check') return check(context, file, await isPfxPassword(bytes, password, engine));
  const contents = await openPfx(bytes, password, engine);
  try {
    const { pairs } = pairKeys(contents);
    if (action.name === 'show') return show(context, pairs);
    const pair = chosenPair(context, pairs);
    const key = await engine.importPrivateKey(pair.key.pkcs8);
    try {
      const data = await context.console.readFile(action.input);
      const output = action.name === 'sign' ? await sign(context, key, data) : await decrypt(pair, key, data, engine);
      await context.console.writeFile(action.output, output, { overwrite: context.flag('force'), mode: 0o600 });
      context.out(`${action.output}: ${output.length} bytes.`);
      return { file, input: action.input, output: action.output, bytes: output.length };
    } finally {
      key.destroy();
    }
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
}

type Action =
  | { readonly name: 'show' }
  | { readonly name: 'check' }
  | { readonly name: 'sign' | 'decrypt'; readonly input: string; readonly output: string };

function actionOf(context: CommandContext): Action {
  const [sign, decrypt, output] = ['sign', 'decrypt', 'out'].map((name) => context.option(name));
  const input = sign ?? decrypt;
  if ([sign !== undefined, decrypt !== undefined, context.flag('check')].filter(Boolean).length > 1) {
    throw hresult('ERROR_INVALID_PARAMETER', 'Two of --check, --sign and --decrypt.', { hint: 'one thing at a time' });
  }
  if (input === undefined) return { name: context.flag('check') ? 'check' : 'show' };
  if (output !== undefined) return { name: sign === undefined ? 'decrypt' : 'sign', input, output };
  throw hresult('ERROR_INVALID_PARAMETER', 'No --out.', { hint: '--out names the file to write' });
}

async function requireFree(context: CommandContext, path: string): Promise<void> {
  try {
    await context.console.requireWritable(path, { overwrite: context.flag('force') });
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_EXISTS')) throw error;
    throw hresult('ERROR_FILE_EXISTS', path, { hint: '--force replaces the file', cause: error });
  }
}

function check({ out }: CommandContext, file: string, isRight: boolean): Json {
  if (!isRight) {
    throw hresult('ERROR_INVALID_PASSWORD', 'The password does not open the PFX, or the file was changed.', {
      hint: 'upper and lower case matter; ask whoever wrote the file for its password',
    });
  }
  out(`The password opens ${file}.`);
  return { file, isPassword: true };
}

function show({ out }: CommandContext, pairs: readonly PfxKeyPair[]): Json {
  return pairs.map(({ key, certificates }, index): Json => {
    const kind = kindOf(key.pkcs8);
    const keySpec = keySpecInFile(key.keySpecBits) ?? 0;
    const own = certificates.map(({ certificate }) => certificateFacts(decodeCertificate(certificate)));
    out(`Key ${index}: ${kind}${keySpec === 0 ? '' : `, ${keySpec === 1 ? 'AT_KEYEXCHANGE' : 'AT_SIGNATURE'}`}`);
    if (key.friendlyName !== undefined) out(`  Container: ${key.friendlyName}${key.machineKeyset ? ' (machine)' : ''}`);
    if (key.cspName !== undefined) out(`  Provider: ${key.cspName}`);
    for (const { subject, serialNumber, notAfter } of own) {
      out(`  Certificate: ${subject}`);
      out(`    Serial Number: ${serialNumber}, until ${notAfter}`);
    }
    return {
      key: kind,
      keySpec,
      container: key.friendlyName,
      provider: key.cspName,
      machineKeyset: key.machineKeyset,
      certificates: own,
    };
  });
}

function certificateFacts({ tbsCertificate: { subject, serialNumber, validity } }: Certificate) {
  return {
    subject: formatName(subject),
    serialNumber: formatSerial(serialNumber),
    notAfter: validity.notAfter.toISOString(),
  };
}

/** `RSA 2048`; of a kind that is not read here `unknown`. */
function kindOf(pkcs8: Uint8Array): string {
  try {
    const kind = publicKeyKind(computePublicKey(pkcs8));
    return kind.type === 'rsa' ? `RSA ${kind.bits}` : kind.curve;
  } catch (error) {
    if (error instanceof HresultError) return 'unknown';
    throw error;
  }
}

/** The only key, or that of --key, counted from 0. */
function chosenPair(context: CommandContext, pairs: readonly PfxKeyPair[]): PfxKeyPair {
  const wanted = context.option('key');
  if (wanted === undefined && pairs.length > 1) {
    throw hresult('TYPE_E_AMBIGUOUSNAME', `The file holds ${pairs.length} keys.`, {
      hint: '--key N names one, from 0',
    });
  }
  const pair = /^[0-9]{1,6}$/.test(wanted ?? '0') ? pairs[Number(wanted ?? 0)] : undefined;
  if (pair) return pair;
  throw hresult('NTE_NO_KEY', wanted === undefined ? 'The file holds no key.' : `The file has no key ${wanted}.`, {
    hint: 'certhaven pfx FILE lists its keys',
  });
}

const DIGESTS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/** As `openssl dgst -verify` takes it: PKCS #1 v1.5, or ECDSA in DER. */
async function sign(context: CommandContext, key: PrivateKey, data: Uint8Array): Promise<Uint8Array> {
  const name = context.option('hash') ?? 'SHA256';
  const digest = DIGESTS.find((one) => one === name.toLowerCase().replace('-', ''));
  if (!digest) {
    throw hresult('ERROR_INVALID_PARAMETER', `--hash ${name}`, { hint: 'SHA1, SHA256, SHA384 or SHA512' });
  }
  const scheme = publicKeyKind(key.publicKey).type === 'rsa' ? 'rsa-pkcs1' : 'ecdsa';
  return key.sign({ name: scheme, digest }, data);
}

/** A CMS message, DER or PEM, that is sealed to the certificate of the key. Throws NTE_BAD_KEY for a key that only signs. */
async function decrypt(
  { key: { keySpecBits }, certificates }: PfxKeyPair,
  key: PrivateKey,
  data: Uint8Array,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  if (keySpecOfUsage(keySpecBits) === 2) throw hresult('NTE_BAD_KEY', 'The key is AT_SIGNATURE: it does not decrypt.');
  const message = decodeEnvelopedData(decodePemOrDer(data));
  const recipients = certificates.map(({ certificate }) => recipientOf(decodeCertificate(certificate), key));
  const matches = (rid: Parameters<(typeof recipients)[number]['matches']>[0]) =>
    recipients.some((recipient) => recipient.matches(rid));
  return openData(message, { decrypter: key, matches }, engine);
}
