import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issue } from '#test/support/x509-hierarchy';
import { anyExtendedKeyUsage, id_kp_clientAuth, id_kp_emailProtection } from '../asn1/oid-table.ts';
import { EXTENSIONS, encodeExtension } from './extensions/extension-table.ts';
import { purposesOf } from './purposes.ts';

const usage = (...purposes: string[]) => encodeExtension(EXTENSIONS.extKeyUsage, purposes);
const policies = (...oids: string[]) =>
  encodeExtension(
    EXTENSIONS.applicationPolicies,
    oids.map((policyIdentifier) => ({ policyIdentifier })),
  );
const of = async (...extensions: ReturnType<typeof usage>[]) =>
  purposesOf((await issue({ subject: 'CN=a', extensions })).certificate);

test('application policies go before the extended key usage; none, and any, are all', async () => {
  assert.equal(await of(), undefined);
  assert.deepEqual(await of(usage(id_kp_clientAuth)), [id_kp_clientAuth]);
  assert.deepEqual(await of(usage(id_kp_clientAuth), policies(id_kp_emailProtection)), [id_kp_emailProtection]);
  assert.equal(await of(usage(id_kp_clientAuth, anyExtendedKeyUsage)), undefined);
  assert.equal(await of({ ...usage(id_kp_clientAuth), extnValue: Uint8Array.of(5) }), undefined);
});
