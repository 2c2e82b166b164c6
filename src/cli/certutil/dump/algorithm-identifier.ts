import { DerReader } from '#pki/asn1/der-reader';
import { TAG } from '#pki/asn1/tag';
import type { AlgorithmIdentifier } from '#pki/crypto/algorithm-identifier';
import { orUndefined } from '#pki/x509/readable-extension';
import { hexDump } from '../../io/hex-dump.ts';
import type { Json } from '../../io/verb.ts';
import { jsonValue } from './json-value.ts';
import { oidName, oidText } from './oid-text.ts';
import type { Page } from './page.ts';

/** The block under `Signature Algorithm:` and its like: `NULL` where there are no parameters, else their bytes. */
export function printAlgorithm(page: Page, title: string, { algorithm, parameters }: AlgorithmIdentifier): void {
  page.line(`${title}:`);
  page.line(`    Algorithm ObjectId: ${oidText(algorithm)}`);
  if (!parameters) {
    page.line('    Algorithm Parameters: NULL');
    return;
  }
  page.line('    Algorithm Parameters:');
  page.lines(hexDump(parameters), '    ');
  // A named curve is told once more as text, as certutil prints EC keys.
  if (parameters[0] === TAG.OBJECT_IDENTIFIER) {
    const curve = orUndefined(() => new DerReader(parameters).oid());
    if (curve !== undefined) page.line(`        ${oidText(curve)}`);
  }
}

/** The algorithms of a signer: CryptMsg answers an ASN.1 NULL as no parameters at all. */
export function printSignerAlgorithm(page: Page, title: string, value: AlgorithmIdentifier): void {
  const isNull = value.parameters?.length === 2 && value.parameters[0] === TAG.NULL;
  printAlgorithm(page, title, isNull ? { algorithm: value.algorithm, parameters: undefined } : value);
}

export function algorithmValue({ algorithm, parameters }: AlgorithmIdentifier): Json {
  return { algorithm, name: oidName(algorithm), parameters: jsonValue(parameters) };
}
