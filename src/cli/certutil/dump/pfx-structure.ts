/** How a PFX is built: its MAC, its safes and bags, and what each is encrypted with. The layout is ours. */
import { decodeWhole } from '#pki/asn1/decode-whole';
import { id_data, id_PBES2, pkcs8ShroudedKeyBag } from '#pki/asn1/oid-table';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '#pki/crypto/algorithm-identifier';
import { decodeEncryptedPrivateKeyInfo } from '#pki/pkcs12/encrypted-private-key';
import { decodePbkdf2Params } from '#pki/pkcs12/pbkdf2-params';
import { dataOctets, decodeAuthenticatedSafe, decodeEncryptedData, decodePfx } from '#pki/pkcs12/pfx';
import { decodeSafeContents, flattenBags } from '#pki/pkcs12/safe-bag';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../../io/verb.ts';
import { oidName, oidText } from './oid-text.ts';
import type { Page } from './page.ts';

/** What -v prints before the certificates; the value stands in --json with or without it. Throws as decodePfx. */
export function printPfxStructure(page: Page, bytes: Uint8Array): Json {
  const print = (line: string) => {
    if (page.style.verbose) page.line(line);
  };
  const { authSafe, macData } = decodePfx(bytes);
  const mac = macData && {
    algorithm: nameOf(macData.mac.digestAlgorithm.algorithm),
    iterations: macData.iterations ?? 1,
    saltLength: macData.macSalt.length,
  };
  if (mac) print(`MAC: ${mac.algorithm}, ${mac.iterations} iterations, salt of ${mac.saltLength} bytes`);
  const safes = decodeAuthenticatedSafe(dataOctets(authSafe)).map((safe, index): Json => {
    const encrypted = decodeEncryptedData(safe);
    print(`Safe[${index}]: ${oidText(safe.contentType)}`);
    if (encrypted) {
      const encryption = encryptionOf(encrypted.contentEncryptionAlgorithm);
      print(`  ${encryptionText(encryption)}`);
      return { contentType: safe.contentType, encryption };
    }
    const bags = safe.contentType === id_data ? flattenBags(decodeSafeContents(dataOctets(safe))) : [];
    return {
      contentType: safe.contentType,
      bags: bags.map((bag, at): Json => {
        print(`  Bag[${at}]: ${oidText(bag.bagId)}`);
        if (bag.bagId !== pkcs8ShroudedKeyBag) return { bagId: bag.bagId };
        const encryption = encryptionOf(decodeEncryptedPrivateKeyInfo(bag.bagValue).encryptionAlgorithm);
        print(`    ${encryptionText(encryption)}`);
        return { bagId: bag.bagId, encryption };
      }),
    };
  });
  if (page.style.verbose) page.line();
  return { mac, safes };
}

type Encryption = {
  /** Of PBES2 its cipher. */
  readonly algorithm: string;
  readonly iterations: number | undefined;
  /** Of PBES2. */
  readonly prf: string | undefined;
};

function encryptionText({ algorithm, iterations, prf }: Encryption): string {
  const derivation = prf === undefined ? '' : `, PBKDF2 with HMAC-${prf}`;
  return `${algorithm}${derivation}${iterations === undefined ? '' : `, ${iterations} iterations`}`;
}

/** Parameters that cannot be read leave the name alone: to open the file says what is wrong with them. */
function encryptionOf({ algorithm, parameters }: AlgorithmIdentifier): Encryption {
  const bare = { algorithm: nameOf(algorithm), iterations: undefined, prf: undefined };
  if (!parameters) return bare;
  return (
    orUndefined(() => (algorithm === id_PBES2 ? pbes2(parameters) : pkcs12Pbe(bare.algorithm, parameters))) ?? bare
  );
}

function pbes2(parameters: Uint8Array): Encryption {
  return decodeWhole(parameters, (reader) => {
    const fields = reader.sequence();
    const { iterationCount, prf } = decodePbkdf2Params(readAlgorithmIdentifier(fields));
    const { algorithm } = readAlgorithmIdentifier(fields);
    return { algorithm: nameOf(algorithm), iterations: iterationCount, prf };
  });
}

function pkcs12Pbe(algorithm: string, parameters: Uint8Array): Encryption {
  return decodeWhole(parameters, (reader) => {
    const fields = reader.sequence();
    fields.octetString();
    return { algorithm, iterations: fields.smallInteger(), prf: undefined };
  });
}

function nameOf(oid: string): string {
  return oidName(oid) ?? oid;
}
