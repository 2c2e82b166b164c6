import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { HresultError, hresult } from '#hresult/hresult-error';
import { decodeWhole } from '#pki/asn1/decode-whole';
import type { DerReader } from '#pki/asn1/der-reader';
import { boolean, encodeDer, integer, octetString, sequence, utf8String } from '#pki/asn1/der-writer';
import { TAG } from '#pki/asn1/tag';
import type { KeyProtection, KeySpec } from '#pki/crypto/key-provider';
import { decodeSubjectPublicKeyInfo } from '#pki/crypto/public-key';

/**
 * One key pair at rest. The header is in clear, so that keys can be listed without opening them; it is authenticated with
 * the private key, so that neither policy nor name can be exchanged.
 *
 * ```asn1
 * KeyFile ::= SEQUENCE { header KeyFileHeader, nonce OCTET STRING (SIZE(12)), sealed OCTET STRING }
 * KeyFileHeader ::= SEQUENCE { version INTEGER (1..2), container UTF8String, provider UTF8String, keySpec INTEGER (0..2),
 *   exportable BOOLEAN, publicKey SubjectPublicKeyInfo,
 *   -- version 2: encryptedExport BOOLEAN, protection INTEGER (0..2), securityDescriptor UTF8String }
 * ```
 *
 * `sealed` is the PrivateKeyInfo under AES-256-GCM (NIST SP 800-38D), the DER of the header as additional data, the tag of
 * 16 bytes at the end; of a protected key an EncryptedPrivateKeyInfo (RFC 5208 §6) under the person's password stands in its
 * place. A key that has nothing of version 2 is written as version 1.
 */
export interface KeyFile {
  readonly header: KeyFileHeader;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface KeyFileHeader {
  readonly container: string;
  readonly provider: string;
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly encryptedExport: boolean;
  readonly protection: KeyProtection | undefined;
  /** SDDL; empty for the one all keys of the set have. */
  readonly securityDescriptor: string;
}

const PROTECTIONS: readonly (KeyProtection | undefined)[] = [undefined, 'once', 'each use'];
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** Throws NTE_BAD_DATA on anything but a whole key file. `name` is what errors call it. */
export function decodeKeyFile(bytes: Uint8Array, name: string): KeyFile {
  try {
    return decodeWhole(bytes, readKeyFile);
  } catch (error) {
    if (error instanceof HresultError) throw damaged(name, error);
    throw error;
  }
}

function readKeyFile(outer: DerReader): KeyFile {
  const fields = outer.sequence();
  const header = readHeader(fields.sequence());
  const nonce = fields.octetString();
  const sealed = fields.octetString();
  fields.finish();
  if (nonce.length !== NONCE_LENGTH || sealed.length < TAG_LENGTH) throw hresult('NTE_BAD_LEN');
  return { header, nonce, sealed };
}

function readHeader(fields: DerReader): KeyFileHeader {
  const version = fields.smallInteger();
  if (version !== 1 && version !== 2) throw hresult('NTE_BAD_VER', `Version ${version}.`);
  const container = fields.string(TAG.UTF8_STRING);
  const provider = fields.string(TAG.UTF8_STRING);
  const keySpec = fields.smallInteger();
  if (keySpec !== 0 && keySpec !== 1 && keySpec !== 2) throw hresult('NTE_BAD_TYPE', `KeySpec ${keySpec}.`);
  const exportable = fields.boolean();
  const publicKey = fields.element();
  decodeSubjectPublicKeyInfo(publicKey);
  const more = version === 1 ? NOTHING_MORE : readSecondVersion(fields);
  fields.finish();
  return { container, provider, keySpec, exportable, publicKey, ...more };
}

type SecondVersion = Pick<KeyFileHeader, 'encryptedExport' | 'protection' | 'securityDescriptor'>;
const NOTHING_MORE: SecondVersion = { encryptedExport: false, protection: undefined, securityDescriptor: '' };

function readSecondVersion(fields: DerReader): SecondVersion {
  const encryptedExport = fields.boolean();
  const protection = fields.smallInteger();
  if (protection >= PROTECTIONS.length) throw hresult('NTE_BAD_TYPE', `Protection ${protection}.`);
  return { encryptedExport, protection: PROTECTIONS[protection], securityDescriptor: fields.string(TAG.UTF8_STRING) };
}

function isFirstVersion({ encryptedExport, protection, securityDescriptor }: KeyFileHeader): boolean {
  return !encryptedExport && protection === undefined && securityDescriptor === '';
}

function encodeHeader(header: KeyFileHeader): Uint8Array {
  return encodeDer(
    sequence(
      integer(isFirstVersion(header) ? 1 : 2),
      utf8String(header.container),
      utf8String(header.provider),
      integer(header.keySpec),
      boolean(header.exportable),
      header.publicKey,
      ...(isFirstVersion(header)
        ? []
        : [
            boolean(header.encryptedExport),
            integer(PROTECTIONS.indexOf(header.protection)),
            utf8String(header.securityDescriptor),
          ]),
    ),
  );
}

/** The file of a private key: its PrivateKeyInfo or EncryptedPrivateKeyInfo, the caller's to wipe. */
export function sealKeyFile(header: KeyFileHeader, key: Uint8Array, protectionKey: KeyObject): Uint8Array {
  const headerDer = encodeHeader(header);
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', protectionKey, nonce, { authTagLength: TAG_LENGTH });
  cipher.setAAD(headerDer);
  const sealed = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return encodeDer(sequence(headerDer, octetString(nonce), octetString(sealed)));
}

/** What `sealKeyFile` was given; the caller wipes it. Throws NTE_BAD_DATA where the file was changed or is of another key set. */
export function openKeyFile(file: KeyFile, protectionKey: KeyObject, name: string): Uint8Array {
  const { header, nonce, sealed } = file;
  const decipher = createDecipheriv('aes-256-gcm', protectionKey, nonce, { authTagLength: TAG_LENGTH });
  decipher.setAAD(encodeHeader(header));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH));
  const key = decipher.update(sealed.subarray(0, sealed.length - TAG_LENGTH));
  try {
    decipher.final();
  } catch (error) {
    key.fill(0);
    throw damaged(name, error);
  }
  return key;
}

function damaged(name: string, cause: unknown): HresultError {
  return hresult('NTE_BAD_DATA', `The key file ${name} is damaged, or belongs to another key set.`, {
    hint: 'Restore the key file together with its protect.key from a backup.',
    cause,
  });
}
