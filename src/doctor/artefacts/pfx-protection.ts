/** How well a PFX keeps its keys from whoever has the file: told without its password. */
import {
  id_data,
  keyBag,
  pbeWithSHAAnd40BitRC2_CBC,
  pbeWithSHAAnd40BitRC4,
  pkcs8ShroudedKeyBag,
} from '#pki/asn1/oid-table';
import { decodeEncryptedPrivateKeyInfo } from '#pki/pkcs12/encrypted-private-key';
import { dataOctets, decodeAuthenticatedSafe, decodeEncryptedData, decodePfx } from '#pki/pkcs12/pfx';
import { decodeSafeContents, flattenBags } from '#pki/pkcs12/safe-bag';
import { type Diagnosis, diagnosis } from '../finding.ts';

/** Broken by trying all keys, whatever the password (RFC 7292 appendix C). */
const FORTY_BITS: readonly string[] = [pbeWithSHAAnd40BitRC2_CBC, pbeWithSHAAnd40BitRC4];

/** Throws as decodePfx. */
export function pfxProtection(name: string, bytes: Uint8Array): Diagnosis[] {
  const { authSafe, macData } = decodePfx(bytes);
  const safes = decodeAuthenticatedSafe(dataOctets(authSafe));
  const clear = safes.filter(({ contentType }) => contentType === id_data);
  const bags = clear.flatMap((safe) => flattenBags(decodeSafeContents(dataOctets(safe))));
  const keyAlgorithms = bags
    .filter(({ bagId }) => bagId === pkcs8ShroudedKeyBag)
    .map(({ bagValue }) => decodeEncryptedPrivateKeyInfo(bagValue).encryptionAlgorithm.algorithm);
  const safeAlgorithms = safes.flatMap((safe) => decodeEncryptedData(safe)?.contentEncryptionAlgorithm.algorithm ?? []);
  const cure =
    'certutil -exportPFX ... CryptoAlgorithm=AES256_SHA256 writes a better one; wipe this one: certhaven migrate wipe';
  const found: Diagnosis[] = [];
  const weak = (severity: Diagnosis['severity'], what: string) =>
    found.push(diagnosis(severity, 'pfx-weak', `${name}: ${what}.`, { cure }));
  if (bags.some(({ bagId }) => bagId === keyBag)) weak('error', 'a key lies in it unencrypted');
  if (keyAlgorithms.some((algorithm) => FORTY_BITS.includes(algorithm)))
    weak('error', 'a key is encrypted under 40 bits');
  // What old Windows does by default; what else is in such a safe, only its password tells.
  else if (safeAlgorithms.some((algorithm) => FORTY_BITS.includes(algorithm)))
    weak('note', 'its certificates are encrypted under 40 bits, by which nobody hides them');
  if (macData && (macData.iterations ?? 1) < 1000)
    weak('warning', `passwords are tried fast: its MAC has ${macData.iterations ?? 1} iterations`);
  return found;
}
