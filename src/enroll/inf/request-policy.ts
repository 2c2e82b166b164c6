/** What a request INF asks for (certreq -new), read and checked as a whole before any key is made. */
import { HresultError } from '#hresult/hresult-error';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import type { DigestAlgorithm } from '#pki/crypto/engine';
import { encodeName, type Name } from '#pki/x509/name';
import { parseName } from '#pki/x509/name-text';
import { type RequestedExtensions, readExtensionSections } from './extension-lines.ts';
import { InfError } from './inf-error.ts';
import { type InfFile, isSameWord } from './inf-file.ts';
import { boolean, choice, date, flags, number, text } from './inf-values.ts';
import { type KeyPlan, keyPlan } from './key-plan.ts';
import { KNOWN_SECTIONS, POLICY_SECTIONS } from './new-request-keys.ts';
import { NewRequestLines } from './new-request-lines.ts';

export interface RequestPolicy {
  readonly requestType: 'PKCS10' | 'PKCS7' | 'CMC' | 'Cert';
  readonly subject: Name;
  readonly key: KeyPlan;
  readonly digest: DigestAlgorithm;
  /** AlternateSignatureAlgorithm: RSASSA-PSS. */
  readonly isPss: boolean;
  /** KEY_USAGE bits. */
  readonly keyUsage: number | undefined;
  readonly smime: boolean;
  readonly suppressDefaults: boolean;
  readonly extensions: RequestedExtensions;
  /** The private key goes to the CA, sealed with this. */
  readonly archive: { readonly cipher: BlockCipher } | undefined;
  readonly challengePassword: string | undefined;
  readonly friendlyName: string | undefined;
  /** KeyDescription. */
  readonly description: string | undefined;
  /** CertId of the certificate to be renewed. */
  readonly renewalCert: string | undefined;
  /** RequesterName: an enrollment agent asks for somebody else. It stands among `attributes` too. */
  readonly onBehalfOf: string | undefined;
  readonly machineKeySet: boolean;
  /** [RequestAttributes] */
  readonly attributes: readonly NameValuePair[];
  /** Of a self-signed certificate. */
  readonly validity: ValidityPlan;
}

export interface ValidityPlan {
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  readonly period: { readonly unit: PeriodUnit; readonly count: number } | undefined;
}

export type PeriodUnit = (typeof PERIOD_UNITS)[number];
const PERIOD_UNITS = ['Years', 'Months', 'Weeks', 'Days', 'Hours', 'Minutes', 'Seconds'] as const;

const REQUEST_TYPES = [
  ['PKCS10', 1],
  ['PKCS7', 2],
  ['CMC', 3],
  ['Cert', 4],
  ['SCEP', 0xfd00],
] as const;

const PKCS7 = 2;
const CMC = 3;

/** wincrypt.h, CERT_*_KEY_USAGE. */
const KEY_USAGES = [
  ['CERT_DIGITAL_SIGNATURE_KEY_USAGE', 0x80],
  ['CERT_NON_REPUDIATION_KEY_USAGE', 0x40],
  ['CERT_KEY_ENCIPHERMENT_KEY_USAGE', 0x20],
  ['CERT_DATA_ENCIPHERMENT_KEY_USAGE', 0x10],
  ['CERT_KEY_AGREEMENT_KEY_USAGE', 0x08],
  ['CERT_KEY_CERT_SIGN_KEY_USAGE', 0x04],
  ['CERT_OFFLINE_CRL_SIGN_KEY_USAGE', 0x02],
  ['CERT_CRL_SIGN_KEY_USAGE', 0x02],
  ['CERT_ENCIPHER_ONLY_KEY_USAGE', 0x01],
  ['CERT_DECIPHER_ONLY_KEY_USAGE', 0x8000],
] as const;

/** CertStrToName: CERT_X500_NAME_STR is how names are written anyway, the other makes all text UTF8String. */
const X500_NAME_FLAGS = [
  ['CERT_X500_NAME_STR', 3],
  ['CERT_NAME_STR_FORCE_UTF8_DIR_STR_FLAG', 0x80000],
] as const;
const FORCE_UTF8 = 0x80000;

/** Throws InfError: ERROR_INVALID_PARAMETER for what cannot be read, ERROR_NOT_SUPPORTED for what cannot be granted. */
export function readRequestPolicy(inf: InfFile): RequestPolicy {
  checkSections(inf);
  const keys = new NewRequestLines(inf);
  const archives = keys.value('PrivateKeyArchive', boolean) ?? false;
  const requestType = requestTypeOf(inf, keys, archives);
  const onBehalfOf = keys.value('RequesterName', text);
  const key = keyPlan(inf, keys);
  return {
    requestType,
    subject: subjectOf(inf, keys),
    key,
    digest: digestOf(inf, keys),
    isPss: pssOf(inf, keys, key),
    keyUsage: keyUsageOf(keys, key),
    smime: keys.value('SMIME', boolean) ?? false,
    suppressDefaults: keys.value('SuppressDefaults', boolean) ?? false,
    extensions: readExtensionSections(inf),
    archive: archives ? { cipher: cipherOf(inf, keys) } : undefined,
    challengePassword: keys.value('ChallengePassword', text),
    friendlyName: keys.value('FriendlyName', text) ?? friendlyNameOf(inf),
    description: keys.value('KeyDescription', text),
    renewalCert: keys.value('RenewalCert', text),
    onBehalfOf,
    machineKeySet: keys.value('MachineKeySet', boolean) ?? false,
    attributes: [
      ...(onBehalfOf === undefined ? [] : [['RequesterName', onBehalfOf] as const]),
      ...inf.lines('RequestAttributes').map((line) => [line.key, line.fields.join(',')] as const),
    ],
    validity: validityOf(inf, keys, requestType),
  };
}

function checkSections(inf: InfFile): void {
  for (const { name, number } of inf.sections) {
    const place = `${inf.name}([${name}])`;
    if (POLICY_SECTIONS.some((known) => isSameWord(known, name))) {
      throw new InfError('ERROR_NOT_SUPPORTED', place, number, `[${name}] is a section of certreq -policy.`);
    }
    if (!KNOWN_SECTIONS.some((known) => isSameWord(known, name))) {
      const hint = `Sections: ${KNOWN_SECTIONS.join(', ')}.`;
      throw new InfError('ERROR_INVALID_PARAMETER', place, number, `[${name}] is no section of a request.`, hint);
    }
  }
  if (!inf.has('NewRequest')) {
    throw new InfError(
      'ERROR_INVALID_PARAMETER',
      `${inf.name}([NewRequest])`,
      undefined,
      'There is no section [NewRequest].',
      'Write [NewRequest] above the lines of the request.',
    );
  }
  for (const line of inf.lines('Version')) {
    if (!isSameWord(line.key, 'Signature')) continue;
    if (!['$windows nt$', '$chicago$'].includes(text(inf, line).toLowerCase())) {
      throw inf.fault(line, 'is another signature than "$Windows NT$".');
    }
  }
}

/** Renewals and requests on behalf of another are signed by somebody else besides, and so are messages around a PKCS #10. */
function requestTypeOf(inf: InfFile, keys: NewRequestLines, archives: boolean): RequestPolicy['requestType'] {
  const line = keys.line('RequestType');
  const cosigned = keys.line('RenewalCert') ?? keys.line('RequesterName');
  if (!line) return archives || cosigned ? 'CMC' : 'PKCS10';
  const type = choice(inf, line, REQUEST_TYPES);
  if (archives && type !== CMC) throw inf.fault(keys.line('PrivateKeyArchive')!, 'needs RequestType = CMC.');
  if (cosigned && type !== PKCS7 && type !== CMC) throw inf.fault(cosigned, 'needs RequestType = PKCS7 or CMC.');
  switch (type) {
    case 1:
      return 'PKCS10';
    case PKCS7:
      return 'PKCS7';
    case CMC:
      return 'CMC';
    case 4:
      return 'Cert';
    default:
      throw inf.refusal(line, 'SCEP requests are not offered.');
  }
}

const ENCRYPTS = 0x20 | 0x10 | 0x08;
const SIGNS = 0x80 | 0x40 | 0x04 | 0x02;

/** Document 003: a certificate for what its key cannot do is issued, and then nothing works with it. */
function keyUsageOf(keys: NewRequestLines, { use }: KeyPlan): number | undefined {
  return keys.value('KeyUsage', (inf, line) => {
    const usage = flags(inf, line, KEY_USAGES);
    if (use === 'exchange' || (usage & ENCRYPTS) === 0 || (usage & SIGNS) !== 0) return usage;
    throw inf.fault(
      line,
      'asks for encryption alone, with a key that signs only.',
      'KeySpec = 1, or KeyAlgorithm = RSA or ECDH_P256.',
    );
  });
}

function subjectOf(inf: InfFile, keys: NewRequestLines): Name {
  const line = keys.line('Subject');
  const nameFlags = keys.value('X500NameFlags', (file, flagLine) => {
    const bits = flags(file, flagLine, X500_NAME_FLAGS);
    if ((bits & ~(FORCE_UTF8 | 3)) === 0) return bits;
    throw file.refusal(flagLine, 'Names are written one way: CERT_X500_NAME_STR.');
  });
  if (!line) return encodeName([]);
  try {
    return parseName(text(inf, line), { forceUTF8: ((nameFlags ?? 0) & FORCE_UTF8) !== 0 });
  } catch (error) {
    if (!(error instanceof HresultError) || error instanceof InfError) throw error;
    throw inf.fault(line, `is not understood: ${error.detail ?? error.message}`, error.hint);
  }
}

function digestOf(inf: InfFile, keys: NewRequestLines): DigestAlgorithm {
  const line = keys.line('HashAlgorithm');
  const word = line ? text(inf, line).toLowerCase().replace('-', '') : 'sha256';
  if (word === 'sha1' || word === 'sha256' || word === 'sha384' || word === 'sha512' || word === 'md5') return word;
  if (word === 'md4' || word === 'md2') throw inf.refusal(line!, `${word} is broken and not offered.`, 'Use sha256.');
  throw inf.fault(line!, 'is none of sha1, sha256, sha384, sha512, md5.');
}

function pssOf(inf: InfFile, keys: NewRequestLines, key: KeyPlan): boolean {
  const line = keys.line('AlternateSignatureAlgorithm');
  if (!line || !boolean(inf, line)) return false;
  if (key.algorithm.type === 'ec') throw inf.refusal(line, 'RSASSA-PSS is for RSA keys.');
  return true;
}

/** AES-256 where the file names nothing; 3DES is what MS-WCCE's clients of old use. */
function cipherOf(inf: InfFile, keys: NewRequestLines): BlockCipher {
  const line = keys.line('EncryptionAlgorithm');
  const word = line ? text(inf, line).toLowerCase() : 'aes';
  const length = keys.line('EncryptionLength');
  const bits = length && number(inf, length);
  if (word === '3des') {
    if (length && bits !== 168 && bits !== 192) throw inf.fault(length, 'is not the length of 3DES, 168.');
    return { name: 'des-ede3-cbc' };
  }
  if (word !== 'aes') {
    if (['des', 'rc2', 'rc4'].includes(word))
      throw inf.refusal(line!, `${word} does not protect a private key.`, 'Use aes or 3des.');
    throw inf.fault(line!, 'is neither aes nor 3des.');
  }
  const keyLength = { 128: 16, 192: 24, 256: 32 } as const;
  if (bits === undefined) return { name: 'aes-cbc', keyLength: 32 };
  if (bits === 128 || bits === 192 || bits === 256) return { name: 'aes-cbc', keyLength: keyLength[bits] };
  throw inf.fault(length!, 'is none of 128, 192, 256.');
}

/** [Properties]: of the CERT_*_PROP_ID numbers only the friendly name is the requester's to choose. */
function friendlyNameOf(inf: InfFile): string | undefined {
  let friendlyName: string | undefined;
  for (const line of inf.lines('Properties')) {
    if (Number(line.key) !== 11) throw inf.refusal(line, 'Only property 11, the friendly name, can be set.');
    friendlyName = text(inf, line).replace(/^\{text\}/i, '');
  }
  return friendlyName;
}

function validityOf(inf: InfFile, keys: NewRequestLines, requestType: RequestPolicy['requestType']): ValidityPlan {
  for (const key of ['NotBefore', 'NotAfter', 'ValidityPeriod', 'ValidityPeriodUnits'] as const) {
    const line = keys.line(key);
    if (line && requestType !== 'Cert') throw inf.fault(line, 'is for RequestType = Cert.');
  }
  const unit = keys.value('ValidityPeriod', (file, line) => {
    const word = text(file, line);
    const known = PERIOD_UNITS.find((name) => isSameWord(name, word));
    if (known) return known;
    throw file.fault(line, `is none of ${PERIOD_UNITS.join(', ')}.`);
  });
  const count = keys.value('ValidityPeriodUnits', number);
  if ((unit === undefined) !== (count === undefined)) {
    throw inf.fault(
      keys.line('ValidityPeriod') ?? keys.line('ValidityPeriodUnits')!,
      'needs ValidityPeriod and ValidityPeriodUnits both.',
    );
  }
  return {
    notBefore: keys.value('NotBefore', date),
    notAfter: keys.value('NotAfter', date),
    period: unit === undefined || count === undefined ? undefined : { unit, count },
  };
}
