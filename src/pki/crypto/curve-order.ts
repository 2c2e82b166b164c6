import { parseHex } from '../asn1/bytes.ts';
import type { EcCurve } from './engine.ts';

/** The order n of the base point, FIPS 186-4 §D.1.2, as long as a private number of the curve. */
const ORDERS: Record<EcCurve, string> = {
  'P-256': 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  'P-384': 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  'P-521':
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
};

export function curveOrder(curve: EcCurve): Uint8Array {
  return parseHex(ORDERS[curve]);
}

/** 1 <= d < n (SEC 1 §3.2.1), found in one pattern of work; `d` is as long as the order. */
export function isPrivateNumber(curve: EcCurve, d: Uint8Array): boolean {
  const order = curveOrder(curve);
  let borrow = 0;
  let any = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    borrow = ((d[i]! - order[i]! - borrow) >> 8) & 1;
    any |= d[i]!;
  }
  return (borrow & (any !== 0 ? 1 : 0)) === 1;
}
