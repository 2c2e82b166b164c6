import { hresult } from '#hresult/hresult-error';
import { isOid } from '#pki/asn1/object-identifier';
import { OIDS, type OidGroup, type OidRow, oidByDotted, oidByName } from '#pki/asn1/oid-table';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';

/** wincrypt.h, CRYPT_*_OID_GROUP_ID. */
const GROUPS: Readonly<Record<OidGroup, string | undefined>> = {
  0: undefined,
  1: 'CRYPT_HASH_ALG_OID_GROUP_ID',
  2: 'CRYPT_ENCRYPT_ALG_OID_GROUP_ID',
  3: 'CRYPT_PUBKEY_ALG_OID_GROUP_ID',
  4: 'CRYPT_SIGN_ALG_OID_GROUP_ID',
  5: 'CRYPT_RDN_ATTR_OID_GROUP_ID',
  6: 'CRYPT_EXT_OR_ATTR_OID_GROUP_ID',
  7: 'CRYPT_ENHKEY_USAGE_OID_GROUP_ID',
  8: 'CRYPT_POLICY_OID_GROUP_ID',
  9: 'CRYPT_TEMPLATE_OID_GROUP_ID',
};

/** wincrypt.h, ALG_ID: the constant of the table for each number CryptoAPI knows. */
const ALG_IDS: Readonly<Record<number, string>> = {
  32769: 'md2',
  32770: 'md4',
  32771: 'md5',
  32772: 'id_sha1',
  32780: 'id_sha256',
  32781: 'id_sha384',
  32782: 'id_sha512',
  8704: 'id_dsa',
  9216: 'rsaEncryption',
  41984: 'rsaEncryption',
  26113: 'desCBC',
  26114: 'rc2CBC',
  26115: 'des_EDE3_CBC',
  26625: 'rc4',
  26126: 'id_aes128_CBC',
  26127: 'id_aes192_CBC',
  26128: 'id_aes256_CBC',
};

/**
 * `certutil -oid`: an identifier, a name or an ALG_ID, or all of a group. The layout of the entries is ours: no published
 * transcript shows Microsoft's.
 */
export async function run({ args, out }: CertutilContext): Promise<Json> {
  const [typed, second] = args as [string, string | undefined];
  const rows = rowsOf(typed, second);
  if (rows.length === 0)
    throw hresult('CRYPT_E_NOT_FOUND', `No object identifier is known as "${typed}".`, {
      hint: 'write it dotted, or by its whole name',
    });
  for (const [i, { oid, name, alias, displayName, group }] of rows.entries()) {
    if (i > 0) out();
    out(`${oid} ${displayName}`);
    if (name !== '') out(`  ${[name, alias].filter(Boolean).join(', ')}`);
    if (group !== 0) out(`  ${GROUPS[group]} -- ${group}`);
  }
  return rows.map(({ oid, name, alias, displayName, group }) => ({
    oid,
    name: name || undefined,
    alias,
    displayName,
    group,
  }));
}

function rowsOf(typed: string, second: string | undefined): OidRow[] {
  if (isOid(typed)) {
    if (second === undefined) return [oidByDotted(typed)].filter((row) => row !== undefined);
    throw hresult('ERROR_NOT_SUPPORTED', 'Display names are fixed.');
  }
  if (/^[0-9]$/.test(typed)) return ofGroup(OIDS, Number(typed));
  const algorithm = /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(typed) ? ALG_IDS[Number(typed)] : typed;
  const row = algorithm === undefined ? undefined : oidByName(algorithm);
  return row ? ofGroup([row], second === undefined ? row.group : Number(second)) : [];
}

function ofGroup(rows: readonly OidRow[], group: number): OidRow[] {
  return rows.filter((row) => row.group === group);
}
