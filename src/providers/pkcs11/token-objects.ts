/** All that stands in a token under a label, whoever it belongs to. */
import { hresult } from '#hresult/hresult-error';
import { CKA, CKK, CKO, type Handle } from './cryptoki.ts';
import { curveOf, named, withoutZeros } from './token-key-list.ts';
import type { KeyName, TokenObject } from './token-operations.ts';
import type { TokenSession } from './token-session.ts';

const CLASSES = { PublicKey: CKO.PUBLIC_KEY, PrivateKey: CKO.PRIVATE_KEY, Certificate: CKO.CERTIFICATE } as const;

export function listObjects(session: TokenSession): TokenObject[] {
  const objects: TokenObject[] = [];
  for (const type of Object.keys(CLASSES) as (keyof typeof CLASSES)[]) {
    for (const handle of session.find([{ type: CKA.CLASS, value: CLASSES[type] }])) {
      const object = session.unlessGone(() => describe(session, handle, type));
      if (object !== undefined) objects.push(object);
    }
  }
  if (objects.length === 0) session.requirePresent();
  return objects;
}

function describe(session: TokenSession, handle: Handle, type: keyof typeof CLASSES): TokenObject {
  const label = session.attribute(handle, CKA.LABEL)?.toString('utf8') ?? '';
  const id = Uint8Array.from(session.attribute(handle, CKA.ID) ?? []);
  if (type === 'Certificate') return { label, id, type, algorithm: 'X.509', bits: undefined };
  const keyType = session.attribute(handle, CKA.KEY_TYPE);
  if (keyType?.[0] === CKK.RSA) {
    const modulus = session.attribute(handle, CKA.MODULUS);
    return { label, id, type, algorithm: 'RSA', bits: modulus && withoutZeros(modulus).length * 8 };
  }
  const curve = curveOf(session.attribute(handle, CKA.EC_PARAMS));
  const bits = curve && Number(curve.slice(2));
  return { label, id, type, algorithm: keyType?.[0] === CKK.EC ? 'EC' : '?', bits };
}

/** Another label for every object of that kind, label and identifier. */
export function renameObject(
  session: TokenSession,
  object: Pick<TokenObject, 'type' | keyof KeyName>,
  label: string,
): void {
  const found = session.find([{ type: CKA.CLASS, value: CLASSES[object.type] }, ...named(object)]);
  if (found.length === 0)
    throw hresult('NTE_BAD_KEYSET', `The token ${session.token} holds no ${object.label} any more.`);
  for (const handle of found) session.set(handle, [{ type: CKA.LABEL, value: label }]);
}
