/** A root, a leaf under it and its key, as openssl makes them, and a PFX of ours that holds them with all of Windows' attributes. */
import { X509Certificate } from 'node:crypto';
import { nodeEngine } from '#pki/crypto/node/engine';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxContents } from '#pki/pkcs12/pfx-contents';
import { type SealOptions, sealPfx } from '#pki/pkcs12/seal';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { EC, type Folder, RSA_2048 } from './cms-parties.ts';

export interface Chain {
  /** DER PrivateKeyInfo. */
  readonly pkcs8: Uint8Array;
  /** DER. */
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  /** In the folder: `<prefix>leaf.pem`, `<prefix>leaf.key`, `<prefix>root.pem`. */
  readonly prefix: string;
}

export const NEW_KEYS = { rsa: RSA_2048, ec: EC('P-256') } as const;

export function makeChain(folder: Folder, type: keyof typeof NEW_KEYS): Chain {
  const newKey = NEW_KEYS[type];
  const prefix = `${type}-`;
  folder.write('leaf.cnf', 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\n');
  folder.run(
    `openssl req -x509 -nodes -newkey ${newKey} -keyout ${prefix}root.key -out ${prefix}root.pem -days 30 -subj /CN=${type}-root`,
  );
  folder.run(
    `openssl req -new -nodes -newkey ${newKey} -keyout ${prefix}leaf.key -out ${prefix}leaf.csr -subj /CN=${type}-leaf`,
  );
  folder.run(
    `openssl x509 -req -in ${prefix}leaf.csr -CA ${prefix}root.pem -CAkey ${prefix}root.key -CAcreateserial -days 30 -extfile leaf.cnf -out ${prefix}leaf.pem`,
  );
  const certificate = (name: string) => new Uint8Array(new X509Certificate(folder.read(name)).raw);
  return {
    pkcs8: plainKey(folder, `${prefix}leaf.key`),
    leaf: certificate(`${prefix}leaf.pem`),
    root: certificate(`${prefix}root.pem`),
    prefix,
  };
}

/** A PEM key as DER PrivateKeyInfo without attributes. */
export function plainKey(folder: Folder, file: string): Uint8Array {
  folder.run(`openssl pkcs8 -topk8 -nocrypt -in ${file} -outform DER -out plain.p8`);
  return folder.read('plain.p8');
}

export function sealChain(chain: Chain, password: string, options: SealOptions): Promise<Uint8Array> {
  const localKeyId = windowsLocalKeyId(1);
  const cspName = 'Microsoft Software Key Storage Provider';
  return sealPfx(
    {
      keys: [
        {
          pkcs8: withKeyUsage(chain.pkcs8, KEY_USAGE.dataEncipherment),
          attributes: keyBagAttributes({ localKeyId, friendlyName: 'te-0f6c', cspName, machineKeyset: true }),
        },
      ],
      certificates: [
        { certificate: chain.leaf, attributes: certBagAttributes({ localKeyId, friendlyName: 'alice' }) },
        { certificate: chain.root, attributes: [] },
      ],
    },
    password,
    options,
    nodeEngine,
  );
}

export function open(pfx: Uint8Array, password: string | undefined): Promise<PfxContents> {
  return openPfx(pfx, password, nodeEngine);
}

/** The key with the certificates of its own, and the others. */
export function summary(contents: PfxContents) {
  const { pairs, others } = pairKeys(contents);
  return {
    pairs: pairs.map(({ key, certificates }) => [key.pkcs8, ...certificates.map(({ certificate }) => certificate)]),
    others: others.map(({ certificate }) => certificate),
  };
}
