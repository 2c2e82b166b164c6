/** The key that a CA is installed on where it is there already, as install-ca's options name it. */
import { CRYPT_MACHINE_KEYSET, type StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import type { KeyListing, KeyStorageProvider } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { isNamed } from '../certutil/keys/named-key.ts';
import type { CommandContext } from './context.ts';

export interface ExistingCaKey {
  /** Undefined where it is the one that --provider names. */
  readonly provider: string | undefined;
  readonly container: string;
  readonly certificate: Certificate | undefined;
}

type Context = Pick<CommandContext, 'console' | 'option' | 'providers' | 'stores'>;

/**
 * Undefined where none of --key-container, --cert-file and --cert-id is given. Throws ERROR_INVALID_PARAMETER for options that
 * do not go together, CRYPT_E_NOT_FOUND and TYPE_E_AMBIGUOUSNAME for a certificate, NTE_NOT_FOUND for a key that is not there.
 */
export async function existingCaKey(context: Context, defaultProvider: string): Promise<ExistingCaKey | undefined> {
  const { option } = context;
  const [container, file, certId] = ['key-container', 'cert-file', 'cert-id'].map(option);
  if (container === undefined && file === undefined && certId === undefined) return undefined;
  if (option('key') !== undefined)
    throw hresult('ERROR_INVALID_PARAMETER', '--key is for a key that is made; this one is there.');
  if (certId !== undefined) {
    if (container === undefined && file === undefined) return ofStore(context, certId);
    throw hresult('ERROR_INVALID_PARAMETER', '--cert-id names its key itself.', {
      hint: 'leave --key-container and --cert-file out',
    });
  }
  if (file === undefined) return { ...(await named(context, container!, defaultProvider)), certificate: undefined };
  const certificate = decodeCertificate(decodePemOrDer(await context.console.readFile(file)));
  if (container !== undefined) return { ...(await named(context, container, defaultProvider)), certificate };
  return { ...(await ofCertificate(context, certificate)), certificate };
}

async function named({ providers }: Context, container: string, provider: string) {
  const chosen = (await providers(true)).byName(provider);
  const key = (await chosen.listKeys()).find((one) => isNamed(one, container));
  if (key) return placeOf(chosen, key);
  throw hresult('NTE_BAD_KEYSET', `${chosen.name} has no container ${container} of this machine.`, {
    hint: `certutil -csp "${chosen.name}" -key lists them`,
  });
}

/** In --provider, or in any of the machine's. */
async function ofCertificate({ option, providers }: Context, { tbsCertificate }: Certificate) {
  const wanted = option('provider');
  const all = await providers(true);
  for (const provider of wanted === undefined ? all.all : [all.byName(wanted)]) {
    const publicKey = tbsCertificate.subjectPublicKeyInfo.raw;
    const key = (await provider.listKeys()).find((one) => isSamePublicKey(one.publicKey, publicKey));
    if (key) return placeOf(provider, key);
  }
  throw hresult('NTE_NOT_FOUND', `The key of the certificate is not in ${wanted ?? 'any provider of this machine'}.`, {
    hint: 'bring it: certutil -restoreKey, or certhaven ksputil chkeysowner for one in a token',
  });
}

function placeOf({ name }: KeyStorageProvider, { container }: KeyListing) {
  return { provider: name, container };
}

async function ofStore({ option, stores }: Context, certId: string): Promise<ExistingCaKey> {
  const found = (await (await stores(true)).open('My').find(certId)).filter(hasMachineKey);
  const [entry] = found;
  if (entry === undefined)
    throw hresult('CRYPT_E_NOT_FOUND', `No certificate with a key in the machine's My store is ${certId}.`, {
      hint: 'certutil -store My lists them; certutil -repairstore My joins one with its key',
    });
  if (found.length > 1)
    throw hresult('TYPE_E_AMBIGUOUSNAME', `${found.length} certificates in My are ${certId}.`, {
      hint: 'name one by its SHA-1',
    });
  const { container, provider } = entry.properties.keyProvInfo!;
  const wanted = option('provider');
  if (wanted !== undefined && wanted !== provider)
    throw hresult('ERROR_INVALID_PARAMETER', `The key of ${certId} is in ${provider}.`, {
      hint: 'leave --provider out',
    });
  return { provider, container, certificate: entry.certificate };
}

function hasMachineKey({ properties: { keyProvInfo } }: StoreEntry): boolean {
  return keyProvInfo !== undefined && (keyProvInfo.flags & CRYPT_MACHINE_KEYSET) !== 0;
}
