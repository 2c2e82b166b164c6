import { hresult } from '#hresult/hresult-error';
import type { KeyProvInfo } from './ports/certificate-store.ts';
import { decodeText, encodeText } from './property-text.ts';

/** Seven little-endian words before the names. */
const HEADER = 28;

/**
 * MS-GPEF 2.2.1.1.1.1.1 KEY_PROV_INFO, the form in which Windows keeps CRYPT_KEY_PROV_INFO: offsets of the container's and
 * the provider's name, provider type, flags, count and offset of parameters (not used), KeySpec, then the names.
 */
export function encodeKeyProvInfo(info: KeyProvInfo): Uint8Array {
  const container = encodeText(info.container);
  const provider = encodeText(info.provider);
  const bytes = new Uint8Array(HEADER + container.length + provider.length);
  const view = new DataView(bytes.buffer);
  const words = [HEADER, HEADER + container.length, info.providerType, info.flags, 0, 0, info.keySpec];
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
  bytes.set(container, HEADER);
  bytes.set(provider, HEADER + container.length);
  return bytes;
}

/** Throws ERROR_INVALID_DATA. Parameters, which no known provider uses, are dropped. */
export function decodeKeyProvInfo(bytes: Uint8Array): KeyProvInfo {
  if (bytes.length < HEADER) throw hresult('ERROR_INVALID_DATA', 'Key provider information cut short.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (index: number): number => view.getUint32(4 * index, true);
  const keySpec = word(6);
  // CERT_NCRYPT_KEY_SPEC stands for "a CNG key" in memory and has been seen on disk.
  const known = keySpec === 0xffffffff ? 0 : keySpec;
  if (known !== 0 && known !== 1 && known !== 2) throw hresult('ERROR_INVALID_DATA', `KeySpec ${keySpec}.`);
  return {
    container: decodeText(bytes, word(0)),
    provider: decodeText(bytes, word(1)),
    providerType: word(2),
    flags: word(3),
    keySpec: known,
  };
}
