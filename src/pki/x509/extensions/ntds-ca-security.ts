import { Asn1Error } from '../../asn1/asn1-error.ts';
import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, encodeDer, octetString } from '../../asn1/der-writer.ts';
import { szOID_NTDS_OBJECTSID } from '../../asn1/oid-table.ts';
import { decodeString, encodeLatin1 } from '../../asn1/strings.ts';
import { TAG } from '../../asn1/tag.ts';
import { generalNames, readGeneralNames } from '../general-name.ts';

/**
 * MS-WCCE 2.2.2.7.7.4, szOID_NTDS_CA_SECURITY_EXT: the SID of the account a certificate is issued to, as text
 * (`S-1-5-21-...`), in an OCTET STRING inside an otherName.
 */
export type NtdsCaSecurity = string;

export function decodeNtdsCaSecurity(extnValue: Uint8Array): NtdsCaSecurity {
  const names = decodeWhole(extnValue, (reader) => readGeneralNames(reader));
  for (const name of names) {
    if (name.type !== 'otherName' || name.typeId !== szOID_NTDS_OBJECTSID) continue;
    const sid = decodeWhole(name.value, (reader) => reader.octetString());
    return decodeString(TAG.IA5_STRING, sid, 0, sid.length);
  }
  throw new Asn1Error('CRYPT_E_ASN1_CHOICE', 0, 'No object SID');
}

export function encodeNtdsCaSecurity(sid: NtdsCaSecurity): DerNode {
  const value = encodeDer(octetString(encodeLatin1(sid)));
  return generalNames([{ type: 'otherName', typeId: szOID_NTDS_OBJECTSID, value }]);
}
