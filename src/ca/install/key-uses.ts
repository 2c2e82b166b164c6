import type { ProviderKey } from '#pki/crypto/key-provider';

/** How often the private keys of a CA were used since its start: signatures, and keys taken out of messages. */
export class KeyUses {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The same key, counted. */
  of(key: ProviderKey): ProviderKey {
    const counted = <Arguments extends unknown[], Result>(use: (...args: Arguments) => Result) => {
      return (...args: Arguments): Result => {
        this.#count++;
        return use(...args);
      };
    };
    return {
      provider: key.provider,
      container: key.container,
      uniqueName: key.uniqueName,
      keySpec: key.keySpec,
      exportable: key.exportable,
      machineKeyset: key.machineKeyset,
      publicKey: key.publicKey,
      ...(key.encryptedExport !== undefined && { encryptedExport: key.encryptedExport }),
      ...(key.securityDescriptor !== undefined && { securityDescriptor: key.securityDescriptor }),
      ...(key.exportEncrypted && { exportEncrypted: key.exportEncrypted.bind(key) }),
      sign: counted((scheme, data) => key.sign(scheme, data)),
      unwrapKey: counted((transport, encryptedKey, keyLength) => key.unwrapKey(transport, encryptedKey, keyLength)),
      agree: counted((peerPublicKey) => key.agree(peerPublicKey)),
      exportPkcs8: () => key.exportPkcs8(),
      close: () => key.close(),
    };
  }
}
