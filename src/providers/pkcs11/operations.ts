import { CKM } from './cryptoki.ts';
import { agree, decrypt, sign } from './private-key-operations.ts';
import { listKeys } from './token-key-list.ts';
import { deleteKey, exportKey, generateKey, importKey } from './token-keys.ts';
import { listObjects, renameObject } from './token-objects.ts';
import type { TokenOperations } from './token-operations.ts';
import { type TokenSession, unpadded } from './token-session.ts';

export function operations(session: TokenSession): TokenOperations {
  const { cryptoki, slot } = session;
  return {
    describe: () => {
      const info = session.call('C_GetTokenInfo', () => cryptoki.C_GetTokenInfo(slot));
      return {
        label: unpadded(info.label),
        manufacturer: unpadded(info.manufacturerID),
        model: unpadded(info.model),
        serialNumber: unpadded(info.serialNumber),
      };
    },
    mechanisms: () => session.call('C_GetMechanismList', () => cryptoki.C_GetMechanismList(slot)),
    rsaLengths: () => {
      const { minKeySize, maxKeySize } = session.call('C_GetMechanismInfo', () =>
        cryptoki.C_GetMechanismInfo(slot, CKM.RSA_PKCS_KEY_PAIR_GEN),
      );
      return { minimum: minKeySize, maximum: maxKeySize };
    },
    listKeys: (labelPrefix, name) => listKeys(session, labelPrefix, name),
    generateKey: (label, algorithm, policy) => generateKey(session, label, algorithm, policy),
    importKey: (key, wrapped, wrappingKey, replaced) => importKey(session, key, wrapped, wrappingKey, replaced),
    exportKey: (key, wrappingKey) => exportKey(session, key, wrappingKey),
    deleteKey: (key) => deleteKey(session, key),
    listObjects: () => listObjects(session),
    renameObject: (object, label) => renameObject(session, object, label),
    sign: (key, publicKey, scheme, data) => sign(session, key, publicKey, scheme, data),
    decrypt: (key, decryption, encrypted) => decrypt(session, key, decryption, encrypted),
    agree: (key, point) => agree(session, key, point),
  };
}
