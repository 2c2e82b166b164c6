import { hresult } from '#hresult/hresult-error';
import { commonName, type Name } from './name.ts';

/** RFC 5280 §A.1: ub-common-name, and what else certificates of a CA commonly name; countryName has two letters. */
const UPPER_BOUNDS: Readonly<Record<string, readonly [name: string, most: number]>> = {
  '2.5.4.3': ['CN', 64],
  '2.5.4.6': ['C', 2],
  '2.5.4.7': ['L', 128],
  '2.5.4.8': ['S', 128],
  '2.5.4.10': ['O', 64],
  '2.5.4.11': ['OU', 64],
};

/** The common name of a new CA. Throws ERROR_INVALID_NAME where its subject has none, or one that no certificate may bear. */
export function requireCaName(subject: Name): string {
  for (const { type, value = '' } of subject.rdnSequence.flat()) {
    const [name, most] = UPPER_BOUNDS[type] ?? ['', Number.POSITIVE_INFINITY];
    if ([...value].length > most || (name === 'C' && !/^[A-Z]{2}$/i.test(value)))
      throw hresult('ERROR_INVALID_NAME', `${name}=${value} is over ${most} characters, or not of its form.`, {
        hint: 'countries have two letters, such as C=DE; names up to 64 characters',
      });
  }
  const name = commonName(subject);
  if (name) return name;
  throw hresult('ERROR_INVALID_NAME', 'The CA needs a common name (CN=…).', { hint: 'such as --name "CN=My CA"' });
}
