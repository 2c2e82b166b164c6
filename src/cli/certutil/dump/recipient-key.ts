import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { RecipientKey } from '#recover/ports';

/** Finds the key of somebody a message is sealed to; whoever asks closes it. */
export interface RecipientKeyFinder {
  /** Undefined where the key is not here. */
  find(rid: RecipientIdentifier): Promise<RecipientKey | undefined>;
}
