import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { type CryptoEngine, type PrivateKey, wipe } from '#pki/crypto/engine';
import { publicKeyKind } from '#pki/crypto/public-key';

/**
 * Proves that a private key belongs to a request's public key, the white paper's way: random data encrypted with the
 * public key must come back through the private one. For an EC key both sides of an agreement must meet.
 * Throws NTE_BAD_KEY.
 */
export async function proveKeyPair(privateKey: PrivateKey, publicKey: Uint8Array, engine: CryptoEngine): Promise<void> {
  const kind = publicKeyKind(publicKey);
  const proven =
    kind.type === 'rsa'
      ? await provesByTransport(privateKey, publicKey, engine)
      : await provesByAgreement(privateKey, publicKey, kind.curve, engine);
  if (!proven)
    throw hresult('NTE_BAD_KEY', 'The private key that was sent does not belong to the public key of the request.');
}

async function provesByTransport(
  privateKey: PrivateKey,
  publicKey: Uint8Array,
  engine: CryptoEngine,
): Promise<boolean> {
  const challenge = engine.random(20);
  const sealed = await engine.wrapKey({ name: 'rsa-pkcs1' }, publicKey, challenge);
  const opened = await privateKey.unwrapKey({ name: 'rsa-pkcs1' }, sealed, challenge.length);
  try {
    return isSameBytes(challenge, opened);
  } finally {
    wipe(challenge, opened);
  }
}

async function provesByAgreement(
  privateKey: PrivateKey,
  publicKey: Uint8Array,
  curve: 'P-256' | 'P-384' | 'P-521',
  engine: CryptoEngine,
): Promise<boolean> {
  const pkcs8 = await engine.generateKey({ type: 'ec', curve });
  let ephemeral: PrivateKey | undefined;
  let ours: Uint8Array | undefined;
  let theirs: Uint8Array | undefined;
  try {
    ephemeral = await engine.importPrivateKey(pkcs8);
    ours = await ephemeral.agree(publicKey);
    theirs = await privateKey.agree(ephemeral.publicKey);
    return isSameBytes(ours, theirs);
  } finally {
    wipe(pkcs8, ours, theirs);
    ephemeral?.destroy();
  }
}
