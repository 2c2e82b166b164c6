import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import type { CertificateProperties, KeyProvInfo } from './ports/certificate-store.ts';
import { PROPERTIES, propertyName } from './ports/property-ids.ts';
import { decodeProperties, encodeProperties } from './property-codec.ts';

function plainRecord<T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const word = fc.nat(0xffffffff);
const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });
const keyProvInfo: fc.Arbitrary<KeyProvInfo> = plainRecord({
  container: text,
  provider: text,
  providerType: word,
  flags: word,
  keySpec: fc.constantFrom(0, 1, 2),
});
const enrollment = plainRecord({ requestId: word, caDnsName: text, caName: text, displayName: text });
const unknownId = fc.integer({ min: 200, max: 0x7fff });
const properties: fc.Arbitrary<CertificateProperties> = fc.record(
  {
    keyProvInfo,
    friendlyName: text,
    description: text,
    archived: fc.constant(true as const),
    keyIdentifier: hash,
    enrollment,
    renewal: hash,
    archivedKeyHash: hash,
    requestOriginator: text,
    renews: hash,
    onBehalfOf: text,
    others: fc.array(fc.tuple(unknownId, fc.uint8Array()), { minLength: 1 }).map((rows) => new Map(rows)),
  },
  { requiredKeys: [], noNullPrototype: true },
);

describe('certificate properties', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(properties, (value) => {
        assert.deepEqual(decodeProperties(encodeProperties(value)), value);
      }),
      { seed: 11 },
    );
  });

  it('of malformed bytes give coded errors only', () => {
    const ids = PROPERTIES.filter(({ field }) => field).map(({ id }) => id);
    const whole = fc.oneof(
      keyProvInfo.map((value) => encodeProperties({ keyProvInfo: value }).get(2)!),
      enrollment.map((value) => encodeProperties({ enrollment: value }).get(26)!),
    );
    const mutated = fc.tuple(whole, fc.nat(), fc.nat(255)).map(([bytes, at, octet]) => {
      const copy = bytes.slice(0, Math.max(1, bytes.length - (at % 3)));
      copy[at % copy.length] = octet;
      return copy;
    });
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated), (id, bytes) => {
        try {
          decodeProperties(new Map([[id, bytes]]));
        } catch (error) {
          assert.ok(error instanceof HresultError, String(error));
        }
      }),
      { seed: 12, numRuns: 2000 },
    );
  });

  it('keep the key in the layout of MS-GPEF 2.2.1.1.1.1.1', () => {
    const info: KeyProvInfo = { container: 'AB', provider: 'C', providerType: 1, flags: 0x20, keySpec: 2 };
    const words = '1c000000 22000000 01000000 20000000 00000000 00000000 02000000';
    const names = '410042000000 43000000';
    const bytes = parseHex(`${words} ${names}`);
    assert.equal(formatHex(encodeProperties({ keyProvInfo: info }).get(2)!), formatHex(bytes));
    // Windows puts the names in either order.
    const turned = parseHex('20000000 1c000000 01000000 20000000 00000000 00000000 02000000 43000000 410042000000');
    assert.deepEqual(decodeProperties(new Map([[2, turned]])), { keyProvInfo: info });
  });

  it('have the published names', () => {
    assert.equal(propertyName(2), 'CERT_KEY_PROV_INFO_PROP_ID');
    assert.equal(propertyName(65), 'CERT_ARCHIVED_KEY_HASH_PROP_ID');
    assert.equal(propertyName(127), undefined);
    const ids = PROPERTIES.map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
  });
});
