import { MINIMUM_CA_VERSION_MASK, MINIMUM_CLIENT_VERSION_MASK, PRIVATE_KEY_FLAGS } from '#ca/template/flags';
import { dwordText, flagLines } from '../text/dword-text.ts';

/** certutil's own prefix; MS-CRTD 2.27 calls the same bits CT_FLAG_*. */
const BITS = PRIVATE_KEY_FLAGS.map(({ name, value }) => ({
  name: name.replace(/^CT_FLAG_/, 'CTPRIVATEKEY_FLAG_'),
  value,
}));

/** ATTEST_PREFERRED and ATTEST_REQUIRED; where neither is set certutil says so. */
const ATTEST_MASK = 0x3000;

/** MS-CRTD 2.27, the fields for the least version of the CA and of the client, by their four bits. */
const SERVER_VERSIONS = ['NONE', '2003', '2008', '2008R2', 'WIN8', 'WINBLUE', 'THRESHOLD'];
const CLIENT_VERSIONS = ['NONE', 'XP', 'VISTA', 'WIN7', 'WIN8', 'WINBLUE', 'THRESHOLD'];

/** The lines below `Template Private Key Flags` and `TemplatePropPrivateKeyFlags`. */
export function privateKeyFlagLines(value: number): string[] {
  const server = value & MINIMUM_CA_VERSION_MASK;
  const client = value & MINIMUM_CLIENT_VERSION_MASK;
  return [
    ...flagLines(value, BITS),
    ...((value & ATTEST_MASK) === 0 ? ['    CTPRIVATEKEY_FLAG_ATTEST_NONE -- 0'] : []),
    versionLine('TEMPLATE_SERVER_VER', SERVER_VERSIONS[server >>> 16], 'SERVERVERSION', server),
    versionLine('TEMPLATE_CLIENT_VER', CLIENT_VERSIONS[client >>> 24], 'CLIENTVERSION', client),
  ];
}

function versionLine(prefix: string, version: string | undefined, field: string, bits: number): string {
  return `    ${prefix}_${version ?? 'UNKNOWN'}<<CTPRIVATEKEY_FLAG_${field}_SHIFT -- ${dwordText(bits)}`;
}
