/** A certificate file and the private key that stands beside it, as -MergePFX takes them: `mail.cer` and `mail.key`. */
import { hresult, isHresult } from '#hresult/hresult-error';
import { decodePem, decodePemOrDer } from '#pki/asn1/pem';
import { type CryptoEngine, wipe } from '#pki/crypto/engine';
import { readPrivateKeyFile } from '#pki/keyblob/private-key-file';
import { computePublicKey, isSamePublicKey } from '#pki/keyblob/public-key-match';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import type { PfxContents } from '#pki/pkcs12/pfx-contents';
import { decodeCertificate } from '#pki/x509/certificate';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Console } from '../../io/console.ts';
import { testLine } from '../store/key-listing.ts';

export interface CertificateWithKey {
  /** The key is the caller's to wipe. */
  readonly contents: PfxContents;
  /** `Signature test passed`. */
  readonly test: string;
}

/**
 * Undefined for a file that begins with no certificate. More certificates of a PEM file follow as chain. Throws
 * ERROR_FILE_NOT_FOUND where no key stands beside it, NTE_BAD_KEY where it is another's; else as readPrivateKeyFile.
 */
export async function readCertificateWithKey(
  console: Pick<Console, 'readFile'>,
  file: string,
  bytes: Uint8Array,
  engine: CryptoEngine,
): Promise<CertificateWithKey | undefined> {
  const certificate = orUndefined(() => decodeCertificate(decodePemOrDer(bytes)));
  if (!certificate) return undefined;
  const keyFile = `${file.replace(/\.[^./\\]*$/, '')}.key`;
  const content = await readBeside(console, file, keyFile);
  let pkcs8: Uint8Array | undefined;
  try {
    pkcs8 = readPrivateKeyFile(content);
    if (!isSamePublicKey(computePublicKey(pkcs8), certificate.tbsCertificate.subjectPublicKeyInfo.raw)) {
      throw hresult('NTE_BAD_KEY', `${keyFile} is not the key of the certificate in ${file}.`, {
        hint: 'the two files of a pair have one name, such as mail.cer and mail.key',
      });
    }
    const key = await engine.importPrivateKey(pkcs8);
    try {
      const localKeyId = windowsLocalKeyId(1);
      const chain = laterCertificates(bytes);
      const contents: PfxContents = {
        keys: [
          {
            pkcs8,
            localKeyId,
            friendlyName: undefined,
            cspName: undefined,
            machineKeyset: false,
            keySpecBits: undefined,
            attributes: keyBagAttributes({ localKeyId }),
          },
        ],
        certificates: [
          certificateOf(certificate.raw, localKeyId),
          ...chain.map((other) => certificateOf(other, undefined)),
        ],
        crls: [],
      };
      // certutil makes a signature, whatever the certificate is for.
      return { contents, test: await testLine(certificate, { keySpec: 2 }, key, engine) };
    } finally {
      key.destroy();
    }
  } catch (error) {
    wipe(pkcs8);
    throw error;
  } finally {
    wipe(content);
  }
}

async function readBeside(console: Pick<Console, 'readFile'>, file: string, keyFile: string): Promise<Uint8Array> {
  try {
    return await console.readFile(keyFile);
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_NOT_FOUND')) throw error;
    throw hresult('ERROR_FILE_NOT_FOUND', keyFile, {
      hint: `${file} is a certificate: its private key stands beside it in ${keyFile}, PEM or DER`,
      cause: error,
    });
  }
}

/** Those after the first block of a PEM file. */
function laterCertificates(bytes: Uint8Array): Uint8Array[] {
  return (orUndefined(() => decodePem(bytes)) ?? [])
    .slice(1)
    .filter(({ label }) => label === 'CERTIFICATE')
    .map((block) => block.bytes);
}

function certificateOf(
  certificate: Uint8Array,
  localKeyId: Uint8Array | undefined,
): PfxContents['certificates'][number] {
  return {
    certificate,
    localKeyId,
    friendlyName: undefined,
    properties: new Map(),
    attributes: certBagAttributes({ localKeyId }),
  };
}
