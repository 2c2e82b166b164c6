import { hresult } from '#hresult/hresult-error';
import { decodePem, decodePemOrDer, decodeText } from '../asn1/pem.ts';
import { decodeEcPrivateKey } from '../crypto/ec-private-key.ts';
import { wipe } from '../crypto/engine.ts';
import { decodePrivateKeyInfo, ecPrivateKeyInfo, rsaPrivateKeyInfo } from '../crypto/private-key-info.ts';
import { decodeRsaPrivateKey } from '../crypto/rsa-private-key.ts';
import { orUndefined } from '../x509/readable-extension.ts';

/**
 * The DER PrivateKeyInfo of a key file as openssl writes it: PKCS #8, RSAPrivateKey (RFC 8017 §A.1.2) or ECPrivateKey (RFC
 * 5915 §3), PEM or DER, whatever stands beside it in the PEM. The caller wipes it, and the file. Throws NTE_BAD_TYPE for a file
 * without such a key, ERROR_NOT_SUPPORTED for one under a password.
 */
export function readPrivateKeyFile(file: Uint8Array): Uint8Array {
  const der = privateKeyBlock(file);
  try {
    if (orUndefined(() => decodePrivateKeyInfo(der))) return der.slice();
    const rsa = orUndefined(() => decodeRsaPrivateKey(der));
    if (rsa) return rsaPrivateKeyInfo(rsa);
    const ec = orUndefined(() => decodeEcPrivateKey(der));
    if (ec?.parameters) return ecPrivateKeyInfo(ec.parameters, ec.privateKey, ec.publicKey);
  } finally {
    if (der !== file) wipe(der);
  }
  throw hresult('NTE_BAD_TYPE', 'The file holds no private key.', {
    hint: 'a key of openssl, PEM or DER, without a password: openssl pkey -in key.pem -out mail.key',
  });
}

function privateKeyBlock(file: Uint8Array): Uint8Array {
  if (!decodeText(file).includes('-----BEGIN ')) return decodePemOrDer(file);
  const block = decodePem(file).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block?.label !== 'ENCRYPTED PRIVATE KEY') return block?.bytes ?? new Uint8Array(0);
  throw hresult('ERROR_NOT_SUPPORTED', 'The private key is under a password.', {
    hint: 'take it off for the time of the command: openssl pkey -in key.pem -out mail.key',
  });
}
