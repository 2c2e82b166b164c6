import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { HresultError, hresult } from '#hresult/hresult-error';
import { decodeWhole } from '#pki/asn1/decode-whole';
import type { DerReader } from '#pki/asn1/der-reader';
import { boolean, encodeDer, integer, octetString, sequence, utf8String } from '#pki/asn1/der-writer';
import { TAG } from '#pki/asn1/tag';
import type { KeySpec } from '#pki/crypto/key-provider';
import { decodeSubjectPublicKeyInfo } from '#pki/crypto/public-key';

/**
 * One key pair at rest. The header is in clear, so that keys can be listed without opening them; it is authenticated with
 * the private key, so that neither policy nor name can be exchanged.
 *
 * ```asn1
 * KeyFile ::= SEQUENCE { header KeyFileHeader, nonce OCTET STRING (SIZE(12)), sealed OCTET STRING }
 * KeyFileHeader ::= SEQUENCE { version INTEGER (1), container UTF8String, provider UTF8String, keySpec INTEGER (0..2),
 *   exportable BOOLEAN, publicKey SubjectPublicKeyInfo }
 * ```
 *
 * `sealed` is the PrivateKeyInfo under AES-256-GCM (NIST SP 800-38D), the DER of the header as additional data, the tag of
 * 16 bytes at the end.
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
}

const VERSION = 1;
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
  if (version !== VERSION) throw hresult('NTE_BAD_VER', `Version ${version}.`);
  const container = fields.string(TAG.UTF8_STRING);
  const provider = fields.string(TAG.UTF8_STRING);
  const keySpec = fields.smallInteger();
  if (keySpec !== 0 && keySpec !== 1 && keySpec !== 2) throw hresult('NTE_BAD_TYPE', `KeySpec ${keySpec}.`);
  const exportable = fields.boolean();
  const publicKey = fields.element();
  decodeSubjectPublicKeyInfo(publicKey);
  fields.finish();
  return { container, provider, keySpec, exportable, publicKey };
}

function encodeHeader(header: KeyFileHeader): Uint8Array {
  return encodeDer(
    sequence(
      integer(VERSION),
      utf8String(header.container),
      utf8String(header.provider),
      integer(header.keySpec),
      boolean(header.exportable),
      header.publicKey,
    ),
  );
}

/** The file of a private key (DER PrivateKeyInfo, the caller's to wipe). */
export function sealKeyFile(header: KeyFileHeader, pkcs8: Uint8Array, protectionKey: KeyObject): Uint8Array {
  const headerDer = encodeHeader(header);
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', protectionKey, nonce, { authTagLength: TAG_LENGTH });
  cipher.setAAD(headerDer);
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  return encodeDer(sequence(headerDer, octetString(nonce), octetString(sealed)));
}

/** DER PrivateKeyInfo; the caller wipes it. Throws NTE_BAD_DATA where the file was changed or is of another key set. */
export function openKeyFile(file: KeyFile, protectionKey: KeyObject, name: string): Uint8Array {
  const { header, nonce, sealed } = file;
  const decipher = createDecipheriv('aes-256-gcm', protectionKey, nonce, { authTagLength: TAG_LENGTH });
  decipher.setAAD(encodeHeader(header));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH));
  const pkcs8 = decipher.update(sealed.subarray(0, sealed.length - TAG_LENGTH));
  try {
    decipher.final();
  } catch (error) {
    pkcs8.fill(0);
    throw damaged(name, error);
  }
  return pkcs8;
}

function damaged(name: string, cause: unknown): HresultError {
  return hresult('NTE_BAD_DATA', `The key file ${name} is damaged, or belongs to another key set.`, {
    hint: 'Restore the key file together with its protect.key from a backup.',
    cause,
  });
}
