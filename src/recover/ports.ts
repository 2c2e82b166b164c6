/** What recovering a key needs from the world. */

import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { CryptoEngine, Decrypter } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';

/** A key of a recovery agent that is at hand. */
export interface RecipientKey {
  readonly certificate: Certificate;
  readonly decrypter: Decrypter;
  /** Drops the key's handle. */
  close(): void;
}

export interface RecoveryPorts {
  readonly engine: CryptoEngine;
  /**
   * The key of the recipient so named, from the stores of whoever recovers; undefined where he has none. A key that is there
   * and cannot be used is an error. `certificate` is the recipient's, where the BLOB carries it: an agent who renewed his
   * certificate with the same key opens with the new one what was sealed to the old one.
   */
  findRecipientKey(rid: RecipientIdentifier, certificate?: Certificate): Promise<RecipientKey | undefined>;
}
