/** The keys a token holds, and their public halves. */
import { HresultError } from '#hresult/hresult-error';
import { DerReader } from '#pki/asn1/der-reader';
import type { EcCurve } from '#pki/crypto/engine';
import { curveBytes, curveOfOid, ecPublicKeyInfo, publicKeyKind, rsaPublicKeyInfo } from '#pki/crypto/public-key';
import { type Attribute, CKA, CKK, CKO, type Handle } from './cryptoki.ts';
import { returnValue } from './return-value.ts';
import type { KeyName, TokenKeyFields } from './token-operations.ts';
import type { TokenSession } from './token-session.ts';

/**
 * The keys whose labels begin so; with `name` those whose label goes on with it, as it is written or else in whatever case.
 * Keys of kinds that nobody here works with are passed over.
 */
export function listKeys(session: TokenSession, labelPrefix: string, name?: string): TokenKeyFields[] {
  const privateKeys: Attribute[] = [{ type: CKA.CLASS, value: CKO.PRIVATE_KEY }];
  if (name !== undefined) {
    // What the token can look for need not be read key by key.
    const exact = session.find([...privateKeys, { type: CKA.LABEL, value: labelPrefix + name }]);
    const keys = keysOf(session, exact, () => true);
    if (keys.length > 0) return keys;
  }
  const keys = keysOf(session, session.find(privateKeys), (label) => {
    if (!label.startsWith(labelPrefix)) return false;
    return name === undefined || label.slice(labelPrefix.length).toLowerCase() === name.toLowerCase();
  });
  // The files of a token that is gone are simply not found.
  if (keys.length === 0) session.requirePresent();
  return keys;
}

function keysOf(
  session: TokenSession,
  handles: readonly Handle[],
  isWanted: (label: string) => boolean,
): TokenKeyFields[] {
  return handles.flatMap((handle) => {
    const key = session.unlessGone(() => {
      const label = session.attribute(handle, CKA.LABEL)?.toString('utf8') ?? '';
      return isWanted(label) ? keyOf(session, handle, label) : undefined;
    });
    return key ?? [];
  });
}

function keyOf(session: TokenSession, handle: Handle, label: string): TokenKeyFields | undefined {
  const [idValue, extractable, sensitive] = session.attributes(handle, CKA.ID, CKA.EXTRACTABLE, CKA.SENSITIVE);
  const id = Uint8Array.from(idValue ?? []);
  const publicKey = publicKeyOf(session, handle, { label, id });
  return publicKey && { label, id, publicKey, extractable: extractable?.[0] === 1, sensitive: sensitive?.[0] === 1 };
}

/** DER SubjectPublicKeyInfo; undefined for a key whose public half is not told, or not well formed. */
export function publicKeyOf(session: TokenSession, handle: Handle, name: KeyName): Uint8Array | undefined {
  const [type] = session.attribute(handle, CKA.KEY_TYPE) ?? [];
  try {
    if (type === CKK.RSA) return rsaPublicKeyOf(session, handle, name);
    return type === CKK.EC ? ecPublicKeyOf(session, handle, name) : undefined;
  } catch (error) {
    // What another program has written there; what the token says is another matter.
    const isMalformed = error instanceof HresultError && returnValue(error.cause) === undefined;
    if (isMalformed) return undefined;
    throw error;
  }
}

/** Not every token tells the exponent of a private key. */
function rsaPublicKeyOf(session: TokenSession, handle: Handle, name: KeyName): Uint8Array | undefined {
  const ofPublicObject = () => {
    const [object] = publicObjects(session, name);
    return object && session.attribute(object, CKA.PUBLIC_EXPONENT);
  };
  const [modulus, ownExponent] = session.attributes(handle, CKA.MODULUS, CKA.PUBLIC_EXPONENT);
  const exponent = isThere(ownExponent) ? ownExponent : ofPublicObject();
  return isThere(modulus) && isThere(exponent)
    ? rsaPublicKeyInfo(withoutZeros(modulus), withoutZeros(exponent))
    : undefined;
}

/** An EC private key does not hold its point: the public object does. */
function ecPublicKeyOf(session: TokenSession, handle: Handle, name: KeyName): Uint8Array | undefined {
  const curve = curveOf(session.attribute(handle, CKA.EC_PARAMS));
  if (curve === undefined) return undefined;
  const [object] = publicObjects(session, name);
  const point = object && session.attribute(object, CKA.EC_POINT);
  if (isThere(point)) return ecPublicKeyInfo(curve, unwrappedPoint(point, curve));
  const info = session.attribute(handle, CKA.PUBLIC_KEY_INFO);
  return isThere(info) && publicKeyKind(info).type === 'ec' ? Uint8Array.from(info) : undefined;
}

function isThere(value: Buffer | undefined): value is Buffer {
  return value !== undefined && value.length > 0;
}

export function publicObjects(session: TokenSession, name: KeyName): Handle[] {
  return session.find([{ type: CKA.CLASS, value: CKO.PUBLIC_KEY }, ...named(name)]);
}

export function privateObjects(session: TokenSession, name: KeyName): Handle[] {
  return session.find([{ type: CKA.CLASS, value: CKO.PRIVATE_KEY }, ...named(name)]);
}

export function named({ label, id }: KeyName): Attribute[] {
  return [
    { type: CKA.LABEL, value: label },
    { type: CKA.ID, value: Buffer.from(id) },
  ];
}

/** The attribute is the DER OCTET STRING of the point; some modules answer the bare point. */
function unwrappedPoint(value: Buffer, curve: EcCurve): Uint8Array {
  return Uint8Array.from(value.length === 1 + 2 * curveBytes(curve) ? value : new DerReader(value).octetString());
}

export function curveOf(parameters: Buffer | undefined): EcCurve | undefined {
  // A NamedCurve; explicit parameters begin with SEQUENCE.
  return parameters?.[0] === 0x06 ? curveOfOid(new DerReader(parameters).oid()) : undefined;
}

/** Big integers of Cryptoki may lead with zeros. */
export function withoutZeros(number: Buffer): Uint8Array {
  const first = number.findIndex((octet) => octet !== 0);
  return Uint8Array.from(number.subarray(Math.max(first, 0)));
}
