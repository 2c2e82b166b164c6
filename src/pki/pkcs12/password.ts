import { encodeBmp } from '../asn1/strings.ts';
import { wipe } from '../crypto/engine.ts';

/** One reading of a password as octets. */
export interface PasswordForm {
  /** For the derivation of RFC 7292 appendix B: a BMPString with its terminator, or nothing at all. */
  readonly bmpString: Uint8Array;
  /** For PBES2 and PBMAC1 (RFC 9579 §5). */
  readonly utf8: Uint8Array;
}

/**
 * What a password may mean. No password and the empty one are the same to a person but not to RFC 7292 §B.1: some writers
 * derive from two zero octets, some from none, so both are tried.
 */
export function passwordForms(password: string | undefined): PasswordForm[] {
  const form: PasswordForm = {
    bmpString: encodeBmp(`${password ?? ''}\0`),
    utf8: new TextEncoder().encode(password ?? ''),
  };
  return password ? [form] : [form, { bmpString: new Uint8Array(0), utf8: new Uint8Array(0) }];
}

export function wipePasswords(forms: readonly PasswordForm[]): void {
  for (const { bmpString, utf8 } of forms) wipe(bmpString, utf8);
}
