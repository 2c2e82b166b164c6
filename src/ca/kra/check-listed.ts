/** Each entry of KRACertHash against the KRA store. */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { Certificate } from '#pki/x509/certificate';
import type { ChainOwner } from '../chain/validate-chain.ts';
import { plainHash } from '../config/plain-hash.ts';
import { requireValidKra } from './check-kra.ts';

export interface CheckedKra {
  /** Place in the list. */
  readonly index: number;
  readonly thumbprint: string;
  readonly certificate: Certificate | undefined;
  /** What is wrong with it. */
  readonly error: HresultError | undefined;
}

export async function checkListed(
  authority: ChainOwner,
  hashes: readonly string[],
  stored: ReadonlyMap<string, Certificate>,
): Promise<CheckedKra[]> {
  const checked: CheckedKra[] = [];
  const damaged = await authority.ports.stores.damaged('KRA');
  for (const [index, written] of hashes.entries()) {
    const thumbprint = plainHash(written);
    const isRepeated = checked.some((earlier) => earlier.thumbprint === thumbprint);
    const certificate = isRepeated ? undefined : stored.get(thumbprint);
    const error = certificate
      ? await faultOf(authority, certificate)
      : ((isRepeated ? undefined : damaged.get(thumbprint)) ?? missing(index, thumbprint, isRepeated));
    checked.push({ index, thumbprint, certificate, error });
  }
  return checked;
}

function missing(index: number, thumbprint: string, isRepeated: boolean): HresultError {
  if (isRepeated) return hresult('ERROR_INVALID_DATA', `Entry ${index} of CA\\KRACertHash repeats an earlier one.`);
  if (/^[0-9a-f]{40}$/.test(thumbprint))
    return hresult('CRYPT_E_NOT_FOUND', `${thumbprint} is not in the machine's KRA store.`);
  return hresult('ERROR_INVALID_DATA', `Entry ${index} of CA\\KRACertHash is no SHA-1 hash.`);
}

export async function faultOf(authority: ChainOwner, certificate: Certificate): Promise<HresultError | undefined> {
  try {
    await requireValidKra(authority, certificate);
    return undefined;
  } catch (error) {
    if (error instanceof HresultError) return error;
    throw error;
  }
}
