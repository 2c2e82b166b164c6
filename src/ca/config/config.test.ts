import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Configuration } from './configuration.ts';
import { addPeriod, parsePeriod } from './period.ts';
import { initialRegistry, type NewCa } from './registry-values.ts';
import { sanitizeName, sanitizeShortName } from './sanitized-name.ts';

const CA: NewCa = {
  enterprise: true,
  caType: 0,
  commonName: 'Contoso CA',
  sanitizedName: 'Contoso CA',
  serverName: 'ca01.contoso.com',
  description: '',
  configurationDN: 'CN=Configuration,DC=contoso,DC=com',
  domainDN: 'DC=contoso,DC=com',
  certEnrollDirectory: '/ca/CertEnroll',
  provider: { name: 'Microsoft Software Key Storage Provider', type: 0 },
  publicKeyAlgorithm: 'RSA',
  hashAlgorithm: 'SHA256',
  keySize: 2048,
};

test('a new CA seals archived keys with AES-256 by values an administrator can see', () => {
  const configuration = new Configuration(initialRegistry(CA));
  assert.equal(configuration.string('CNGEncryptionAlgorithm', 'EncryptionCSP'), 'AES');
  assert.equal(configuration.dword('SymmetricKeySize', 'EncryptionCSP'), 256);
  assert.equal(configuration.dword('ProviderType', 'CSP'), 0);
  assert.equal(configuration.dword('HashAlgorithm', 'CSP'), 0xffffffff);
});

test('under a CSP the hash is a CAPI algorithm and CNG values are absent', () => {
  const csp = { ...CA, provider: { name: 'Microsoft Strong Cryptographic Provider', type: 1 }, hashAlgorithm: 'SHA1' };
  const configuration = new Configuration(initialRegistry(csp));
  assert.equal(configuration.dword('HashAlgorithm', 'CSP'), 0x8004);
  assert.equal(configuration.string('CNGHashAlgorithm', 'CSP'), undefined);
  // The strong provider knows no AES: archived keys are sealed by one that does.
  assert.equal(configuration.string('Provider', 'EncryptionCSP'), 'Microsoft Software Key Storage Provider');
  assert.equal(configuration.dword('ProviderType', 'EncryptionCSP'), 0);
  assert.equal(configuration.dword('EncryptionAlgorithm', 'EncryptionCSP'), 0xffffffff);
});

test('a CSP that knows AES makes the exchange key too', () => {
  const name = 'Microsoft Enhanced RSA and AES Cryptographic Provider';
  const configuration = new Configuration(initialRegistry({ ...CA, provider: { name, type: 24 } }));
  assert.equal(configuration.string('Provider', 'EncryptionCSP'), name);
  assert.equal(configuration.dword('EncryptionAlgorithm', 'EncryptionCSP'), 0x6610);
});

test('the exchange keys of a CA on a curve are on the same one', () => {
  const algorithmOf = (ca: Partial<NewCa>) =>
    new Configuration(initialRegistry({ ...CA, ...ca })).string('CNGPublicKeyAlgorithm', 'EncryptionCSP');
  assert.equal(algorithmOf({}), 'RSA');
  assert.equal(algorithmOf({ publicKeyAlgorithm: 'ECDSA_P256' }), 'ECDH_P256');
  assert.equal(algorithmOf({ publicKeyAlgorithm: 'ECDSA_P521' }), 'ECDH_P521');
});

test('a value of another type names the setting and how to write it anew', () => {
  const configuration = new Configuration([{ path: '', name: 'KRACertCount', value: { type: 'REG_SZ', data: 'two' } }]);
  assert.throws(() => configuration.dword('kracertcount'), {
    symbol: 'ERROR_INVALID_DATA',
    detail: /CA\\kracertcount is REG_SZ/,
  });
});

test('months and years are calendar ones; a missing day becomes the last of its month', () => {
  assert.equal(
    addPeriod(new Date('2024-01-31T00:00:00Z'), parsePeriod('months', 1)).toISOString(),
    '2024-02-29T00:00:00.000Z',
  );
  assert.equal(
    addPeriod(new Date('2024-02-29T12:00:00Z'), parsePeriod('Years', 1)).toISOString(),
    '2025-02-28T12:00:00.000Z',
  );
  assert.equal(
    addPeriod(new Date('2026-11-21T00:00:00Z'), parsePeriod('Weeks', 2)).toISOString(),
    '2026-12-05T00:00:00.000Z',
  );
  assert.throws(() => parsePeriod('Fortnights', 1), { symbol: 'ERROR_INVALID_DATA' });
});

test('MS-WCCE 3.1.1.4.1.1: disallowed characters are escaped, long names cut and hashed', () => {
  assert.equal(sanitizeName('A#B%C^D'), 'A!0023B!0025C!005eD');
  const long = 'x'.repeat(60);
  const short = sanitizeShortName(long);
  assert.match(short, /^x{51}-[0-9]{5}$/);
  assert.notEqual(short, sanitizeShortName(`${long}y`));
  assert.equal(sanitizeShortName('Contoso CA'), 'Contoso CA');
});
