import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { bitString, type DerNode, explicit, integer, octetString, oid, sequence } from '../asn1/der-writer.ts';
import type { EcCurve } from './engine.ts';
import { curveOfOid, curveOid } from './public-key.ts';

/** RFC 5915 §3. */
export interface ECPrivateKey {
  /** The private number, as many octets as the curve's order. */
  readonly privateKey: Uint8Array;
  /** The named curve, where the key repeats it. */
  readonly parameters: EcCurve | undefined;
  /** The point as the key gives it; undefined where it is absent. */
  readonly publicKey: Uint8Array | undefined;
}

/** Views into `der`. Throws NTE_BAD_KEY for another version, NTE_BAD_ALGID for another curve, Asn1Error. */
export function decodeEcPrivateKey(der: Uint8Array): ECPrivateKey {
  const outer = new DerReader(der);
  const fields = outer.sequence();
  outer.finish();
  if (fields.smallInteger() !== 1) throw hresult('NTE_BAD_KEY', 'ECPrivateKey of an unknown version.');
  const privateKey = fields.octetString();
  const named = fields.optionalExplicit(0);
  const curve = named?.oid();
  named?.finish();
  const parameters = curve === undefined ? undefined : curveOfOid(curve);
  if (curve !== undefined && !parameters) throw hresult('NTE_BAD_ALGID', `Elliptic curve ${curve}.`);
  const point = fields.optionalExplicit(1);
  const publicKey = point?.wholeBitString();
  point?.finish();
  fields.finish();
  return { privateKey, parameters, publicKey };
}

export function ecPrivateKey(key: ECPrivateKey): DerNode {
  return sequence(
    integer(1),
    octetString(key.privateKey),
    key.parameters && explicit(0, oid(curveOid(key.parameters))),
    key.publicKey && explicit(1, bitString(key.publicKey)),
  );
}
