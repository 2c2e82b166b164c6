import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { DigestAlgorithm } from '#pki/crypto/engine';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';

const ALGORITHMS: Readonly<Record<string, DigestAlgorithm>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};

/** `certutil -hashfile InFile [HashAlgorithm]`: SHA1 where none is given. */
export async function run({ args, console, engine, out }: CertutilContext): Promise<Json> {
  const file = args[0]!;
  const name = (args[1] ?? 'SHA1').toUpperCase();
  const algorithm = ALGORITHMS[name];
  if (!algorithm) {
    throw hresult('NTE_BAD_ALGID', `"${args[1]}" is not offered.`, {
      hint: `One of ${Object.keys(ALGORITHMS).join(' ')}.`,
    });
  }
  const hash = formatHex(await (await engine()).digest(algorithm, await console.readFile(file)));
  out(`${name} hash of ${file}:`);
  out(hash);
  return { file, algorithm: name, hash };
}
