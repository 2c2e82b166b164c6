/** Which key recovery agents the next archived key is sealed to. Document 004: a random start, then round robin. */
import { hresult } from '#hresult/hresult-error';
import type { Certificate } from '#pki/x509/certificate';

export interface LoadedKra {
  /** Place in KRACertHash. */
  readonly index: number;
  readonly certificate: Certificate;
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string;
}

export class KraRing {
  /** Those that were valid when the CA started. */
  readonly valid: readonly LoadedKra[];
  /** KRACertCount: how many agents each key is sealed to; 0 where archival is off. */
  readonly used: number;
  #start: number;

  /** `random` is any non-negative number: its remainder is where the ring starts. */
  constructor(valid: readonly LoadedKra[], used: number, random: number) {
    this.valid = valid;
    this.used = used;
    this.#start = valid.length > 0 ? random % valid.length : 0;
  }

  /** Those whose certificate has not ended since. */
  usable(now: Date): readonly LoadedKra[] {
    return this.valid.filter(({ certificate }) => isWithin(certificate, now));
  }

  /** Throws CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED or CERTSRV_E_NO_VALID_KRA where no key could be archived at `now`. */
  requireReady(now: Date): void {
    if (this.used === 0) {
      throw hresult('CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED', undefined, {
        hint: 'name key recovery agents with "certhaven kra", then restart the CA',
      });
    }
    const { length } = this.usable(now);
    if (length < this.used) {
      throw hresult('CERTSRV_E_NO_VALID_KRA', `${length} of ${this.used} key recovery certificates are valid.`, {
        hint: 'certutil -CAInfo kra shows the state of each; they are loaded when the CA starts',
      });
    }
  }

  /** The agents of one archival: the next ones in the ring, past those that ended. Throws as requireReady. */
  take(now: Date): readonly LoadedKra[] {
    this.requireReady(now);
    const { length } = this.valid;
    const taken: LoadedKra[] = [];
    let place = this.#start;
    while (taken.length < this.used) {
      const agent = this.valid[place]!;
      if (isWithin(agent.certificate, now)) taken.push(agent);
      place = (place + 1) % length;
    }
    this.#start = place;
    return taken;
  }
}

function isWithin({ tbsCertificate: { validity } }: Certificate, now: Date): boolean {
  return now >= validity.notBefore && now <= validity.notAfter;
}
