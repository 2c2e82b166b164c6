import { decodeWhole } from '../asn1/decode-whole.ts';
import { encodeDer, integer, sequence, utf8String } from '../asn1/der-writer.ts';

/**
 * `szOID_REQUEST_CLIENT_INFO` (MS-WCCE 2.2.2.7): who made the request, as the client says.
 *
 * ```asn1
 * SEQUENCE { clientId INTEGER, MachineName UTF8String, UserName UTF8String, ProcessName UTF8String }
 * ```
 */
export interface RequestClientInfo {
  /** See CLIENT_IDS; from 1000 on the numbers are the callers' own. */
  readonly clientId: number;
  /** DNS name. */
  readonly machineName: string;
  /** `DOMAIN\user`. */
  readonly userName: string;
  readonly processName: string;
}

/**
 * The names of client ids: RequestClientInfoClientId of certenroll.h, which certutil prints today, and for the first ones
 * the names that certutil of Windows Server 2003 printed.
 */
export const CLIENT_IDS: readonly (readonly [clientId: number, name: string, olderName?: string])[] = [
  [0, 'ClientIdNone', 'XECI_DISABLE'],
  [1, 'ClientIdXEnroll2003', 'XECI_XENROLL'],
  [2, 'ClientIdAutoEnroll2003', 'XECI_AUTOENROLL'],
  [3, 'ClientIdWizard2003', 'XECI_REQWIZARD'],
  [4, 'ClientIdCertReq2003', 'XECI_CERTREQ'],
  [5, 'ClientIdDefaultRequest'],
  [6, 'ClientIdAutoEnroll'],
  [7, 'ClientIdRequestWizard'],
  [8, 'ClientIdEOBO'],
  [9, 'ClientIdCertReq'],
  [10, 'ClientIdTest'],
  [11, 'ClientIdWinRT'],
  [1000, 'ClientIdUserStart'],
];

export function clientIdName(clientId: number): string | undefined {
  return CLIENT_IDS.find(([id]) => id === clientId)?.[1];
}

/** Any character string type is read, and absent strings at the end as empty ones. Throws Asn1Error. */
export function decodeRequestClientInfo(value: Uint8Array): RequestClientInfo {
  return decodeWhole(value, (reader) => {
    const fields = reader.sequence();
    const clientId = fields.smallInteger();
    const machineName = fields.atEnd ? '' : fields.string();
    const userName = fields.atEnd ? '' : fields.string();
    const processName = fields.atEnd ? '' : fields.string();
    fields.finish();
    return { clientId, machineName, userName, processName };
  });
}

export function encodeRequestClientInfo(value: RequestClientInfo): Uint8Array {
  return encodeDer(
    sequence(
      integer(value.clientId),
      utf8String(value.machineName),
      utf8String(value.userName),
      utf8String(value.processName),
    ),
  );
}
