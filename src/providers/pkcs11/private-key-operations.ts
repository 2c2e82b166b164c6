/** What a private key does inside its token. */
import { hash } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import { digestInfo } from '#pki/crypto/digest-info';
import { encodeEcdsaSignature } from '#pki/crypto/ecdsa-signature';
import type { DigestAlgorithm, SignatureScheme } from '#pki/crypto/engine';
import { PublicKeys } from '#pki/crypto/node/public-key';
import { curveBytes, type PublicKeyKind } from '#pki/crypto/public-key';
import {
  CKA,
  CKD_NULL,
  CKG_MGF1,
  CKK,
  CKM,
  CKO,
  CKZ_DATA_SPECIFIED,
  type Handle,
  type Mechanism,
  PARAMETERS,
} from './cryptoki.ts';
import { CKR, isReturnValue } from './return-value.ts';
import type { Decryption, KeyName } from './token-operations.ts';
import type { TokenSession } from './token-session.ts';

/** RSA of 16384 bits. */
const RESULT_LIMIT = 2048;

/** The keys that this thread verifies with. */
const publicKeys = new PublicKeys();

export function sign(
  session: TokenSession,
  name: KeyName,
  publicKey: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
): Uint8Array | undefined {
  const { kind } = publicKeys.of(publicKey);
  const { cryptoki, handle } = session;
  const toSign = Buffer.from(digestToSign(scheme, kind, data));
  const raw = session.withPrivateKey(name, (key) =>
    session.call('C_Sign', () => {
      cryptoki.C_SignInit(handle, signingMechanism(scheme), key);
      return new Uint8Array(cryptoki.C_Sign(handle, toSign, Buffer.allocUnsafe(RESULT_LIMIT)));
    }),
  );
  const signature = kind.type === 'ec' ? encodeEcdsaSignature(raw) : raw;
  return publicKeys.verify(scheme, publicKey, data, signature) ? signature : undefined;
}

/** The digest is made here: tokens differ in those they know, not in what they sign. */
function digestToSign(scheme: SignatureScheme, kind: PublicKeyKind, data: Uint8Array): Uint8Array {
  const digest = hash(scheme.digest, data, 'buffer');
  if (scheme.name === 'rsa-pkcs1') return digestInfo(scheme.digest, digest);
  // FIPS 186-4 §6.4: its leftmost bits, as many as the order has. Not every token cuts for itself.
  return kind.type === 'ec' ? digest.subarray(0, curveBytes(kind.curve)) : digest;
}

function signingMechanism(scheme: SignatureScheme): Mechanism {
  if (scheme.name === 'rsa-pkcs1') return { mechanism: CKM.RSA_PKCS };
  if (scheme.name === 'ecdsa') return { mechanism: CKM.ECDSA };
  const parameter = { type: PARAMETERS.RSA_PSS, ...hashAndMask(scheme.digest), saltLen: scheme.saltLength };
  return { mechanism: CKM.RSA_PKCS_PSS, parameter };
}

const HASHES = { sha1: CKM.SHA_1, sha256: CKM.SHA256, sha384: CKM.SHA384, sha512: CKM.SHA512 } as const;

function hashAndMask(digest: DigestAlgorithm): { readonly hashAlg: number; readonly mgf: number } {
  if (digest === 'md5') throw hresult('NTE_BAD_ALGID', 'MD5 with MGF1.');
  return { hashAlg: HASHES[digest], mgf: CKG_MGF1[digest] };
}

/** What a token answers to a block whose padding is wrong, and to a number that is not below the modulus. */
const NOT_OPENED = [
  CKR.DATA_INVALID,
  CKR.DATA_LEN_RANGE,
  CKR.ENCRYPTED_DATA_INVALID,
  CKR.ENCRYPTED_DATA_LEN_RANGE,
] as const;

export function decrypt(
  session: TokenSession,
  name: KeyName,
  decryption: Decryption,
  encrypted: Uint8Array,
): Uint8Array | undefined {
  const { cryptoki, handle } = session;
  return session.withPrivateKey(name, (key) => {
    session.call('C_DecryptInit', () => cryptoki.C_DecryptInit(handle, decryptionMechanism(decryption), key));
    return session.call('C_Decrypt', () => {
      const out = Buffer.alloc(RESULT_LIMIT);
      try {
        return new Uint8Array(cryptoki.C_Decrypt(handle, Buffer.from(encrypted), out));
      } catch (error) {
        if (isReturnValue(error, ...NOT_OPENED)) return undefined;
        // SoftHSM's word for it, and for a token that is gone.
        if (isReturnValue(error, CKR.GENERAL_ERROR) && session.isPresent()) return undefined;
        throw error;
      } finally {
        out.fill(0);
      }
    });
  });
}

function decryptionMechanism(decryption: Decryption): Mechanism {
  if (decryption.name === 'bare') return { mechanism: CKM.RSA_X_509 };
  if (decryption.name === 'rsa-pkcs1') return { mechanism: CKM.RSA_PKCS };
  const parameter = { type: PARAMETERS.RSA_OAEP, ...hashAndMask(decryption.digest), source: CKZ_DATA_SPECIFIED };
  return { mechanism: CKM.RSA_PKCS_OAEP, parameter };
}

export function agree(session: TokenSession, name: KeyName, point: Uint8Array): Uint8Array {
  const { cryptoki, handle } = session;
  const parameter = { type: PARAMETERS.EC_DH, kdf: CKD_NULL, publicData: Buffer.from(point) };
  return session.withPrivateKey(name, (key) => {
    const secret: Handle = session.call('C_DeriveKey', () =>
      cryptoki.C_DeriveKey(handle, { mechanism: CKM.ECDH1_DERIVE, parameter }, key, [
        { type: CKA.CLASS, value: CKO.SECRET_KEY },
        { type: CKA.KEY_TYPE, value: CKK.GENERIC_SECRET },
        { type: CKA.TOKEN, value: false },
        { type: CKA.SENSITIVE, value: false },
        { type: CKA.EXTRACTABLE, value: true },
        // The x coordinate is half of the point behind its first octet.
        { type: CKA.VALUE_LEN, value: (point.length - 1) / 2 },
      ]),
    );
    try {
      const value = session.attribute(secret, CKA.VALUE);
      if (value === undefined) throw hresult('NTE_NOT_SUPPORTED', `The token ${session.token} keeps agreed secrets.`);
      const own = Uint8Array.from(value);
      value.fill(0);
      return own;
    } finally {
      session.destroy(secret);
    }
  });
}
