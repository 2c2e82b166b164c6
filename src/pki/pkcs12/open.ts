import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import { toDer } from '../asn1/ber.ts';
import {
  certBag,
  crlBag,
  id_data,
  keyBag,
  pkcs8ShroudedKeyBag,
  secretBag,
  szOID_PKCS_12_PROTECTED_PASSWORD_SECRET_BAG_TYPE_ID,
} from '../asn1/oid-table.ts';
import type { Attribute } from '../cms/attribute.ts';
import type { ContentInfo } from '../cms/content-info.ts';
import { type CryptoEngine, wipe } from '../crypto/engine.ts';
import { keyUsageOfPrivateKey } from '../keyblob/key-usage-attribute.ts';
import { readCertBagAttributes, readKeyBagAttributes } from './bag-attributes.ts';
import { decodeEncryptedPrivateKeyInfo } from './encrypted-private-key.ts';
import { ITERATION_LIMITS, IterationBudget, type IterationLimits } from './iteration-budget.ts';
import { type MacData, verifyMac } from './mac.ts';
import { passwordForms, wipePasswords } from './password.ts';
import { openPbe, type PbeOpening } from './pbe.ts';
import { dataOctets, decodeAuthenticatedSafe, decodeEncryptedData, decodePfx } from './pfx.ts';
import type { PfxCertificate, PfxContents, PfxKey } from './pfx-contents.ts';
import {
  decodeCertBag,
  decodeCrlBag,
  decodeSafeContents,
  flattenBags,
  type SafeBag,
  secretTypeOf,
} from './safe-bag.ts';

/**
 * Opens a PFX (RFC 7292) of password integrity and password privacy, DER or BER. The keys are the caller's to wipe.
 * Secrets, and certificates that are not X.509, are passed over.
 *
 * Throws ERROR_INVALID_PASSWORD; ERROR_INVALID_DATA for a file without MAC, which Windows refuses too, and for iteration
 * counts over `limits`; ERROR_NOT_SUPPORTED for a file protected to a person or to a key; NTE_BAD_ALGID for an algorithm
 * that is not read; Asn1Error, NTE_BAD_DATA and NTE_BAD_KEY for malformed bytes.
 */
export async function openPfx(
  bytes: Uint8Array,
  password: string | undefined,
  engine: CryptoEngine,
  limits: IterationLimits = ITERATION_LIMITS,
): Promise<PfxContents> {
  const { authSafe, macData } = decodePfx(bytes);
  const octets = dataOctets(authSafe);
  if (!macData) throw withoutMac();
  const forms = passwordForms(password);
  try {
    const budget = new IterationBudget(limits);
    const openings = forms.map((form): PbeOpening => ({ password: form, engine, budget }));
    const opening = await findPassword(macData, octets, openings);
    if (!opening) {
      if (isProtectedToPerson(octets)) throw protectedToPerson();
      throw hresult('ERROR_INVALID_PASSWORD', 'The password does not open the PFX, or the file was changed.', {
        hint: 'upper and lower case matter; ask whoever wrote the file for its password',
      });
    }
    return await withCipherHint(() => openSafes(decodeAuthenticatedSafe(octets), opening));
  } finally {
    wipePasswords(forms);
  }
}

/**
 * Whether the password is that of the file's MAC, by which Windows tells it too (PFXVerifyPassword): nothing is decrypted. Throws as
 * openPfx for a file that cannot be opened at all.
 */
export async function isPfxPassword(
  bytes: Uint8Array,
  password: string | undefined,
  engine: CryptoEngine,
  limits: IterationLimits = ITERATION_LIMITS,
): Promise<boolean> {
  const { authSafe, macData } = decodePfx(bytes);
  if (!macData) throw withoutMac();
  const forms = passwordForms(password);
  try {
    const budget = new IterationBudget(limits);
    const openings = forms.map((form): PbeOpening => ({ password: form, engine, budget }));
    return (await findPassword(macData, dataOctets(authSafe), openings)) !== undefined;
  } finally {
    wipePasswords(forms);
  }
}

function withoutMac(): Error {
  return hresult('ERROR_INVALID_DATA', 'The PFX carries no MAC, so nothing proves that it is whole.', {
    hint: 'Write it again with one.',
  });
}

async function findPassword(
  macData: MacData,
  octets: Uint8Array,
  openings: readonly PbeOpening[],
): Promise<PbeOpening | undefined> {
  for (const opening of openings) if (await verifyMac(macData, octets, opening)) return opening;
  return undefined;
}

/** Only to say why no password fits: nothing vouches for these bytes. */
function isProtectedToPerson(octets: Uint8Array): boolean {
  try {
    return decodeAuthenticatedSafe(octets)
      .filter(({ contentType }) => contentType === id_data)
      .some((safe) => flattenBags(decodeSafeContents(dataOctets(safe))).some(isProtectedPassword));
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  }
}

/** A file protected to a person has a random password, which lies in a secret bag under the person's key. */
function isProtectedPassword(bag: SafeBag): boolean {
  return bag.bagId === secretBag && secretTypeOf(bag) === szOID_PKCS_12_PROTECTED_PASSWORD_SECRET_BAG_TYPE_ID;
}

function protectedToPerson() {
  return hresult('ERROR_NOT_SUPPORTED', 'The PFX is protected to a group or user of a domain and not by a password.', {
    hint: 'Export it again under a password, where that person is signed in.',
  });
}

/** An algorithm that is not read has a cure where the file was made. */
async function withCipherHint<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!isHresult(error, 'NTE_BAD_ALGID') || error.hint !== undefined) throw error;
    throw hresult(error.symbol, error.detail, {
      hint: 'AES, 3DES, RC2 and RC4 are read: have the file written again with one of them',
      cause: error,
    });
  }
}

/** Everything answered is a copy: what was decrypted is wiped. */
interface Collected {
  readonly keys: PfxKey[];
  readonly certificates: PfxCertificate[];
  readonly crls: Uint8Array[];
}

async function openSafes(safes: readonly ContentInfo[], opening: PbeOpening): Promise<PfxContents> {
  const collected: Collected = { keys: [], certificates: [], crls: [] };
  try {
    for (const safe of safes) {
      const encrypted = decodeEncryptedData(safe);
      if (!encrypted) {
        await collect(dataOctets(safe), collected, opening);
        continue;
      }
      const { contentEncryptionAlgorithm, encryptedContent } = encrypted;
      if (!encryptedContent) throw hresult('ERROR_INVALID_DATA', 'An encrypted part of the PFX carries no content.');
      const plaintext = await openPbe(contentEncryptionAlgorithm, encryptedContent, opening);
      await wiping(plaintext, (der) => collect(der, collected, opening));
    }
    return collected;
  } catch (error) {
    wipe(...collected.keys.map(({ pkcs8 }) => pkcs8));
    throw error;
  }
}

/** Hands on the DER of what was decrypted; wipes both. */
async function wiping<T>(plaintext: Uint8Array, use: (der: Uint8Array) => T | Promise<T>): Promise<T> {
  let der: Uint8Array | undefined;
  try {
    der = decryptedDer(plaintext);
    return await use(der);
  } finally {
    wipe(plaintext, der);
  }
}

/** Padding is right by chance once in 256 times, and RC4 has none: bytes that are no value at all are a wrong password too. */
function decryptedDer(plaintext: Uint8Array): Uint8Array {
  try {
    return toDer(plaintext);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    throw hresult('ERROR_INVALID_PASSWORD', 'A part of the PFX decrypts to nothing that can be read.', {
      cause: error,
    });
  }
}

async function collect(
  safeContents: Uint8Array,
  { keys, certificates, crls }: Collected,
  opening: PbeOpening,
): Promise<void> {
  for (const bag of flattenBags(decodeSafeContents(safeContents))) {
    if (isProtectedPassword(bag)) throw protectedToPerson();
    const attributes = copyAttributes(bag.bagAttributes ?? []);
    if (bag.bagId === keyBag) keys.push(keyOf(bag.bagValue, attributes));
    else if (bag.bagId === pkcs8ShroudedKeyBag) {
      const { encryptionAlgorithm, encryptedData } = decodeEncryptedPrivateKeyInfo(bag.bagValue);
      const plaintext = await openPbe(encryptionAlgorithm, encryptedData, opening);
      keys.push(await wiping(plaintext, (der) => keyOf(der, attributes)));
    } else if (bag.bagId === certBag) {
      const certificate = decodeCertBag(bag)?.slice();
      if (certificate) certificates.push({ certificate, ...readCertBagAttributes(attributes), attributes });
    } else if (bag.bagId === crlBag) {
      const crl = decodeCrlBag(bag)?.slice();
      if (crl) crls.push(crl);
    }
  }
}

function keyOf(privateKeyInfo: Uint8Array, attributes: readonly Attribute[]): PfxKey {
  const keySpecBits = keyUsageOfPrivateKey(privateKeyInfo);
  const read = readKeyBagAttributes(attributes);
  return { pkcs8: privateKeyInfo.slice(), ...read, keySpecBits, attributes };
}

function copyAttributes(attributes: readonly Attribute[]): Attribute[] {
  return attributes.map(({ attrType, attrValues }) => ({
    attrType,
    attrValues: attrValues.map((value) => value.slice()),
  }));
}
