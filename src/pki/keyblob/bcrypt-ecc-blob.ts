/**
 * BCRYPT_ECCKEY_BLOB of CNG: { Magic, cbKey } in little-endian words, then X, Y and, in a private blob, d, each cbKey long.
 * The Windows SDK has the coordinates big-endian, MS-WCCE 2.2.2.9.3 little-endian: the order in which the point is that of
 * the request, or lies on the curve at all, is the right one.
 */
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { type EcCurve, wipe } from '../crypto/engine.ts';
import { ecPrivateKeyInfo, privateKeyKind } from '../crypto/private-key-info.ts';
import { curveBytes, ecPublicKeyInfo, type PublicKeyKind, publicKeyKind } from '../crypto/public-key.ts';
import { BlobReader, reversed, writeUint32 } from './blob-reader.ts';
import { isOnCurve, pointOfPrivateNumber } from './ec-point.ts';

export type BcryptEccUse = 'ECDH' | 'ECDSA';

interface Magic {
  /** The number's ASCII letters, as they stand in a blob. */
  readonly name: string;
  readonly use: BcryptEccUse;
  readonly isPrivate: boolean;
  /** Undefined for the generic magics, where a property beside the blob names the curve: its length has to tell. */
  readonly curve: EcCurve | undefined;
}

const CURVES: readonly EcCurve[] = ['P-256', 'P-384', 'P-521'];

/** bcrypt.h: BCRYPT_ECDH_PUBLIC_P256_MAGIC `ECK1` to BCRYPT_ECDSA_PRIVATE_P521_MAGIC `ECS6`, and the generic four. */
const MAGICS: readonly Magic[] = [
  ...CURVES.flatMap((curve, i): Magic[] => [
    { name: `ECK${2 * i + 1}`, use: 'ECDH', isPrivate: false, curve },
    { name: `ECK${2 * i + 2}`, use: 'ECDH', isPrivate: true, curve },
    { name: `ECS${2 * i + 1}`, use: 'ECDSA', isPrivate: false, curve },
    { name: `ECS${2 * i + 2}`, use: 'ECDSA', isPrivate: true, curve },
  ]),
  { name: 'ECKP', use: 'ECDH', isPrivate: false, curve: undefined },
  { name: 'ECKV', use: 'ECDH', isPrivate: true, curve: undefined },
  { name: 'ECDP', use: 'ECDSA', isPrivate: false, curve: undefined },
  { name: 'ECDV', use: 'ECDSA', isPrivate: true, curve: undefined },
];

function bcryptEccMagic(bytes: Uint8Array): Magic | undefined {
  const name = String.fromCharCode(...bytes.subarray(0, 4));
  return MAGICS.find((magic) => magic.name === name);
}

export function isBcryptEccBlob(bytes: Uint8Array): boolean {
  return bcryptEccMagic(bytes) !== undefined;
}

/**
 * DER PrivateKeyInfo with its public point; the caller wipes it. `expectedPublicKey`, a DER SubjectPublicKeyInfo, settles
 * the order of the octets. Throws NTE_BAD_DATA for malformed bytes, NTE_BAD_TYPE for a public blob, NTE_BAD_KEY for a point
 * that is not on the curve, not the one of the private number, or not the expected one.
 */
export function decodeBcryptEccBlob(
  blob: Uint8Array,
  expectedPublicKey?: Uint8Array,
): { pkcs8: Uint8Array; use: BcryptEccUse } {
  const { magic, curve, reader } = readHeader(blob);
  if (!magic.isPrivate) throw hresult('NTE_BAD_TYPE', 'The key blob holds a public key only.');
  const length = curveBytes(curve);
  const { point, littleEndian } = readPoint(reader, curve, expectedPublicKey);
  const number = reader.take(length);
  reader.finish();
  const d = littleEndian ? reversed(number) : number.slice();
  try {
    if (!isSameBytes(pointOfPrivateNumber(curve, d), point)) {
      throw hresult('NTE_BAD_KEY', 'The public point of the key blob is not that of its private number.');
    }
    return { pkcs8: ecPrivateKeyInfo(curve, d, point), use: magic.use };
  } finally {
    wipe(d);
  }
}

/** DER SubjectPublicKeyInfo of a public or private blob. Throws NTE_BAD_DATA, NTE_BAD_KEY. */
export function decodeBcryptEccPublicKey(blob: Uint8Array): Uint8Array {
  const { curve, reader } = readHeader(blob);
  return ecPublicKeyInfo(curve, readPoint(reader, curve).point);
}

function readHeader(blob: Uint8Array) {
  const magic = bcryptEccMagic(blob);
  if (!magic) throw hresult('NTE_BAD_DATA', 'Not a BCRYPT_ECCKEY_BLOB.');
  const reader = new BlobReader(blob, 4);
  const cbKey = reader.uint32(true);
  const curve = magic.curve ?? CURVES.find((known) => curveBytes(known) === cbKey);
  if (!curve || curveBytes(curve) !== cbKey) {
    throw hresult('NTE_BAD_DATA', `The key blob ${magic.name} announces coordinates of ${cbKey} bytes.`);
  }
  return { magic, curve, reader };
}

function readPoint(
  reader: BlobReader,
  curve: EcCurve,
  expectedPublicKey?: Uint8Array,
): { point: Uint8Array; littleEndian: boolean } {
  const expected: PublicKeyKind | undefined = expectedPublicKey && publicKeyKind(expectedPublicKey);
  const length = curveBytes(curve);
  const [x, y] = [reader.take(length), reader.take(length)];
  for (const littleEndian of [false, true]) {
    const point = new Uint8Array(1 + 2 * length);
    point[0] = 4;
    point.set(littleEndian ? reversed(x) : x, 1);
    point.set(littleEndian ? reversed(y) : y, 1 + length);
    const isRight = expected ? expected.type === 'ec' && isSameBytes(point, expected.point) : isOnCurve(curve, point);
    if (isRight) return { point, littleEndian };
  }
  throw hresult('NTE_BAD_KEY', expected ? 'The key blob holds another public key.' : `The point is not on ${curve}.`);
}

/** The private blob, big-endian as the Windows SDK has it; the caller wipes it. Throws NTE_BAD_ALGID for an RSA key. */
export function encodeBcryptEccBlob(pkcs8: Uint8Array, use: BcryptEccUse): Uint8Array {
  const key = privateKeyKind(pkcs8);
  if (key.type !== 'ec') throw hresult('NTE_BAD_ALGID', 'Only EC keys have a BCRYPT_ECCKEY_BLOB.');
  const point = key.point ?? pointOfPrivateNumber(key.curve, key.d);
  return encodeFields(key.curve, use, true, [point.subarray(1), key.d]);
}

/** The public blob of a DER SubjectPublicKeyInfo. Throws NTE_BAD_ALGID. */
export function encodeBcryptEccPublicBlob(publicKey: Uint8Array, use: BcryptEccUse): Uint8Array {
  const key = publicKeyKind(publicKey);
  if (key.type !== 'ec') throw hresult('NTE_BAD_ALGID', 'Only EC keys have a BCRYPT_ECCKEY_BLOB.');
  return encodeFields(key.curve, use, false, [key.point.subarray(1)]);
}

function encodeFields(
  curve: EcCurve,
  use: BcryptEccUse,
  isPrivate: boolean,
  fields: readonly Uint8Array[],
): Uint8Array {
  const magic = MAGICS.find((row) => row.curve === curve && row.use === use && row.isPrivate === isPrivate)!;
  const blob = new Uint8Array(8 + fields.reduce((sum, field) => sum + field.length, 0));
  blob.set(Uint8Array.from(magic.name, (letter) => letter.charCodeAt(0)));
  let at = writeUint32(blob, 4, curveBytes(curve));
  for (const field of fields) {
    blob.set(field, at);
    at += field.length;
  }
  return blob;
}
