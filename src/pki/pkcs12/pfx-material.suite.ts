/** Keys and certificates for the tests of this folder, and PFX files put together by hand. */
import type { ContentInfo } from '../cms/content-info.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { computePublicKey } from '../keyblob/public-key-match.ts';
import { assembleCertificate, buildTbsCertificate } from '../x509/certificate.ts';
import { parseName } from '../x509/name-text.ts';
import { createMac } from './mac.ts';
import { passwordForms } from './password.ts';
import { dataContentInfo, encodeAuthenticatedSafe, encodePfx } from './pfx.ts';

/** A certificate as its form goes; its signature is none. */
export function certificateFor(publicKey: Uint8Array, serial: number, commonName = 'Alice'): Uint8Array {
  const signature = { name: 'rsa-pkcs1', digest: 'sha256' } as const;
  const name = parseName(`CN=${commonName}`);
  const tbs = buildTbsCertificate({
    serialNumber: Uint8Array.of(serial),
    signature,
    issuer: parseName('CN=Test CA'),
    validity: { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') },
    subject: name,
    subjectPublicKeyInfo: publicKey,
    extensions: [],
  });
  return assembleCertificate(tbs, signature, new Uint8Array(128));
}

export async function keyAndCertificate(serial: number, type: 'rsa' | 'ec' = 'ec') {
  const parameters = type === 'ec' ? ({ type, curve: 'P-256' } as const) : ({ type, modulusLength: 1024 } as const);
  const pkcs8 = await nodeEngine.generateKey(parameters);
  return { pkcs8, certificate: certificateFor(computePublicKey(pkcs8), serial) };
}

/** A PFX with one iteration and a MAC that fits, whatever its safes hold. */
export async function pfxOfSafes(safes: readonly ContentInfo[] | Uint8Array, password = 'pw'): Promise<Uint8Array> {
  const authSafe = safes instanceof Uint8Array ? safes : encodeAuthenticatedSafe(safes);
  const macData = await createMac('sha1', authSafe, passwordForms(password)[0]!.bmpString, 1, nodeEngine);
  return encodePfx({ authSafe: dataContentInfo(authSafe), macData });
}
