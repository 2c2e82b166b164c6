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

  /** Throws CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED or CERTSRV_E_NO_VALID_KRA where no key could be archived now. */
  requireReady(): void {
    if (this.used === 0) {
      throw hresult('CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED', undefined, {
        hint: 'name key recovery agents with "certhaven kra", then restart the CA',
      });
    }
    if (this.valid.length < this.used) {
      throw hresult(
        'CERTSRV_E_NO_VALID_KRA',
        `${this.valid.length} of ${this.used} key recovery certificates are valid.`,
        {
          hint: 'certutil -CAInfo kra shows the state of each; they are loaded when the CA starts',
        },
      );
    }
  }

  /** The agents of one archival. Throws as requireReady. */
  take(): readonly LoadedKra[] {
    this.requireReady();
    const taken = Array.from({ length: this.used }, (_, i) => this.valid[(this.#start + i) % this.valid.length]!);
    this.#start = (this.#start + this.used) % this.valid.length;
    return taken;
  }
}
