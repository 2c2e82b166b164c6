/** Key pairs as objects of a token: an owner's private key, and a public one of the same label and CKA_ID. */
import { createHash } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import { encodeDer, octetString, oid } from '#pki/asn1/der-writer';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import { curveOid, decodeSubjectPublicKeyInfo, type PublicKeyKind, publicKeyKind } from '#pki/crypto/public-key';
import { type Attribute, CKA, CKK, CKM, CKO, type Handle } from './cryptoki.ts';
import { privateObjects, publicKeyOf, publicObjects } from './token-key-list.ts';
import type { KeyName, TokenKeyFields, TokenOperations } from './token-operations.ts';
import type { TokenSession } from './token-session.ts';

/** The longest wrapped key: PrivateKeyInfo of RSA with 16384 bits, and room. */
const WRAPPED_LIMIT = 16 * 1024;

/** CKA_ID of what is made here: SHA-1 of the key's bits, which certificates name it by too (RFC 5280 §4.2.1.2, method 1). */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  const { subjectPublicKey } = decodeSubjectPublicKeyInfo(publicKey);
  return Uint8Array.from(createHash('sha1').update(subjectPublicKey).digest());
}

export function generateKey(
  session: TokenSession,
  label: string,
  algorithm: ProviderAlgorithm,
  policy: Parameters<TokenOperations['generateKey']>[2],
): { readonly key: TokenKeyFields; readonly wrapped?: Uint8Array } {
  const { extractable, sensitive, wrappingKey } = policy;
  // Until the public key is known; random, so that the two objects can be told to belong together from the first.
  const id = crypto.getRandomValues(new Uint8Array(20));
  const isRsa = algorithm.type === 'rsa';
  const numbers: Attribute[] = isRsa
    ? [
        { type: CKA.MODULUS_BITS, value: algorithm.modulusLength },
        { type: CKA.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
      ]
    : [{ type: CKA.EC_PARAMS, value: Buffer.from(encodeDer(oid(curveOid(algorithm.curve)))) }];
  const mechanism = { mechanism: isRsa ? CKM.RSA_PKCS_KEY_PAIR_GEN : CKM.EC_KEY_PAIR_GEN };
  const pair = session.call('C_GenerateKeyPair', () =>
    session.cryptoki.C_GenerateKeyPair(
      session.handle,
      mechanism,
      [...publicTemplate({ label, id }, isRsa), ...numbers],
      privateTemplate({ label, id }, isRsa, { extractable: extractable || wrappingKey !== undefined, sensitive }),
    ),
  );
  try {
    const publicKey = publicKeyOf(session, pair.privateKey, { label, id });
    if (publicKey === undefined) throw hresult('NTE_BAD_PUBLIC_KEY', `The token ${session.token} tells no public key.`);
    const key = { label, id: keyIdOf(publicKey), publicKey, extractable, sensitive };
    session.set(pair.publicKey, [{ type: CKA.ID, value: Buffer.from(key.id) }]);
    session.set(pair.privateKey, [{ type: CKA.ID, value: Buffer.from(key.id) }]);
    if (wrappingKey === undefined) return { key };
    const wrapped = wrap(session, pair.privateKey, wrappingKey);
    if (!extractable) session.set(pair.privateKey, [{ type: CKA.EXTRACTABLE, value: false }]);
    return { key, wrapped };
  } catch (error) {
    session.discard(pair.privateKey, pair.publicKey);
    throw error;
  }
}

export function importKey(
  session: TokenSession,
  key: TokenKeyFields,
  wrapped: Uint8Array,
  wrappingKey: Uint8Array,
  replaced: readonly KeyName[],
): void {
  // Found before the new key comes: it may be the same one again, under the same name.
  const old = replaced.flatMap((name) => [...privateObjects(session, name), ...publicObjects(session, name)]);
  const kind = publicKeyKind(key.publicKey);
  const isRsa = kind.type === 'rsa';
  const privateKey = withWrappingKey(session, wrappingKey, (unwrapping) =>
    session.call('C_UnwrapKey', () =>
      session.cryptoki.C_UnwrapKey(
        session.handle,
        { mechanism: CKM.AES_KEY_WRAP_PAD },
        unwrapping,
        Buffer.from(wrapped),
        [
          { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
          { type: CKA.KEY_TYPE, value: isRsa ? CKK.RSA : CKK.EC },
          ...privateTemplate(key, isRsa, key),
        ],
      ),
    ),
  );
  try {
    session.call('C_CreateObject', () =>
      session.cryptoki.C_CreateObject(session.handle, [
        { type: CKA.CLASS, value: CKO.PUBLIC_KEY },
        { type: CKA.KEY_TYPE, value: isRsa ? CKK.RSA : CKK.EC },
        ...publicTemplate(key, isRsa),
        ...publicNumbers(kind),
      ]),
    );
  } catch (error) {
    session.discard(privateKey);
    throw error;
  }
  for (const object of old) session.destroy(object);
  if (old.length > 0) session.forgetHandles();
}

export function exportKey(session: TokenSession, key: KeyName, wrappingKey: Uint8Array): Uint8Array {
  try {
    // A handle that is another object's by now is looked for again: what wraps is wiped each time.
    return session.withPrivateKey(key, (handle) => wrap(session, handle, wrappingKey.slice()));
  } finally {
    wrappingKey.fill(0);
  }
}

/** The private key goes first: a public one that a kill leaves behind is no key of anybody's. */
export function deleteKey(session: TokenSession, key: KeyName): void {
  session.withPrivateKey(key, (handle) => session.destroy(handle));
  for (const object of publicObjects(session, key)) session.destroy(object);
}

function wrap(session: TokenSession, key: Handle, wrappingKey: Uint8Array): Uint8Array {
  return withWrappingKey(session, wrappingKey, (wrapping) =>
    session.call('C_WrapKey', () =>
      Uint8Array.from(
        session.cryptoki.C_WrapKey(
          session.handle,
          { mechanism: CKM.AES_KEY_WRAP_PAD },
          wrapping,
          key,
          Buffer.alloc(WRAPPED_LIMIT),
        ),
      ),
    ),
  );
}

/** The caller's AES key as an object of this session, for the length of one function. It is wiped. */
function withWrappingKey<T>(session: TokenSession, wrappingKey: Uint8Array, work: (key: Handle) => T): T {
  const value = Buffer.from(wrappingKey);
  wrappingKey.fill(0);
  let handle: Handle;
  try {
    handle = session.call('C_CreateObject', () =>
      session.cryptoki.C_CreateObject(session.handle, [
        { type: CKA.CLASS, value: CKO.SECRET_KEY },
        { type: CKA.KEY_TYPE, value: CKK.AES },
        { type: CKA.TOKEN, value: false },
        { type: CKA.PRIVATE, value: true },
        { type: CKA.SENSITIVE, value: true },
        { type: CKA.WRAP, value: true },
        { type: CKA.UNWRAP, value: true },
        { type: CKA.VALUE, value },
      ]),
    );
  } finally {
    value.fill(0);
  }
  try {
    return work(handle);
  } finally {
    session.destroy(handle);
  }
}

function publicTemplate({ label, id }: KeyName, isRsa: boolean): Attribute[] {
  return [
    { type: CKA.TOKEN, value: true },
    { type: CKA.PRIVATE, value: false },
    { type: CKA.MODIFIABLE, value: true },
    { type: CKA.LABEL, value: label },
    { type: CKA.ID, value: Buffer.from(id) },
    { type: CKA.VERIFY, value: true },
    ...(isRsa ? [{ type: CKA.ENCRYPT, value: true }] : []),
  ];
}

/** A KSP's key signs and decrypts, or signs and agrees. */
function privateTemplate(
  { label, id }: KeyName,
  isRsa: boolean,
  { extractable, sensitive }: Pick<TokenKeyFields, 'extractable' | 'sensitive'>,
): Attribute[] {
  return [
    { type: CKA.TOKEN, value: true },
    { type: CKA.PRIVATE, value: true },
    { type: CKA.MODIFIABLE, value: true },
    { type: CKA.SENSITIVE, value: sensitive },
    { type: CKA.EXTRACTABLE, value: extractable },
    { type: CKA.LABEL, value: label },
    { type: CKA.ID, value: Buffer.from(id) },
    { type: CKA.SIGN, value: true },
    isRsa ? { type: CKA.DECRYPT, value: true } : { type: CKA.DERIVE, value: true },
  ];
}

function publicNumbers(kind: PublicKeyKind): Attribute[] {
  if (kind.type === 'rsa') {
    return [
      { type: CKA.MODULUS, value: Buffer.from(kind.modulus) },
      { type: CKA.PUBLIC_EXPONENT, value: Buffer.from(kind.publicExponent) },
    ];
  }
  return [
    { type: CKA.EC_PARAMS, value: Buffer.from(encodeDer(oid(curveOid(kind.curve)))) },
    { type: CKA.EC_POINT, value: Buffer.from(encodeDer(octetString(kind.point))) },
  ];
}
