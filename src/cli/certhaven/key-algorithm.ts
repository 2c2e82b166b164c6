import { hresult } from '#hresult/hresult-error';
import type { EcCurve } from '#pki/crypto/engine';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';

/** `RSA:3072`, `ECDSA_P256`. Throws NTE_BAD_ALGID. */
export function parseKeyAlgorithm(text: string): ProviderAlgorithm {
  const rsa = /^RSA(?::([0-9]{3,5}))?$/i.exec(text);
  if (rsa) return { type: 'rsa', modulusLength: Number(rsa[1] ?? 3072) };
  const ec = /^EC(?:DSA)?_P-?(256|384|521)$/i.exec(text);
  if (ec) return { type: 'ec', curve: `P-${ec[1]}` as EcCurve };
  throw hresult('NTE_BAD_ALGID', `--key ${text} is neither RSA:bits nor ECDSA_P256, ECDSA_P384, ECDSA_P521.`, {
    hint: 'leave --key out for RSA of 3072 bits',
  });
}
