/** An ALG_ID of wincrypt.h with its parts, as certutil prints the one of a key blob and, with -v, those of the registry. */

const CALG: Readonly<Record<number, string>> = {
  32769: 'CALG_MD2',
  32770: 'CALG_MD4',
  32771: 'CALG_MD5',
  32772: 'CALG_SHA1',
  32780: 'CALG_SHA_256',
  32781: 'CALG_SHA_384',
  32782: 'CALG_SHA_512',
  26113: 'CALG_DES',
  26114: 'CALG_RC2',
  26115: 'CALG_3DES',
  26126: 'CALG_AES_128',
  26127: 'CALG_AES_192',
  26128: 'CALG_AES_256',
  26129: 'CALG_AES',
  9216: 'CALG_RSA_SIGN',
  41984: 'CALG_RSA_KEYX',
};

const CLASSES = ['ANY', 'SIGNATURE', 'MSG_ENCRYPT', 'DATA_ENCRYPT', 'HASH', 'KEY_EXCHANGE'];
const TYPES = ['ANY', 'DSS', 'RSA', 'BLOCK', 'STREAM', 'DH', 'SECURECHANNEL', 'ECDH'];

/** Empty where it names no algorithm: 0xffffffff leaves the choice to a CNG value. */
export function algorithmIdLines(algorithm: number): string[] {
  if (algorithm > 0xffff) return [];
  const [algClass, algType, subId] = [algorithm >>> 13, (algorithm >>> 9) & 0xf, algorithm & 0x1ff];
  const part = (label: string, value: number, shift: number, name: string | undefined) =>
    `    Algorithm ${label}: 0x${(value << shift).toString(16)}(${value})${name === undefined ? '' : ` ${name}`}`;
  const known = CALG[algorithm];
  const className = CLASSES[algClass];
  const typeName = TYPES[algType];
  return [
    ...(known === undefined ? [] : [`    ${known}`]),
    part('Class', algClass, 13, className && `ALG_CLASS_${className}`),
    part('Type', algType, 9, typeName && `ALG_TYPE_${typeName}`),
    part('Sub-id', subId, 0, subIdName(algType, subId, known)),
  ];
}

/** ALG_SID_SHA1 of CALG_SHA1: the names are the same but for RSA's. */
function subIdName(algType: number, subId: number, known: string | undefined): string | undefined {
  if (algType === 2) return subId === 0 ? 'ALG_SID_RSA_ANY' : undefined;
  return known?.replace('CALG_', 'ALG_SID_');
}
