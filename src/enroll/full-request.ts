/** The CMC full PKI request around a PKCS #10: RFC 5272 §3.2.1, laid out as MS-WCCE 2.2.2.6.3 and its clients do. */
import {
  id_cct_PKIData,
  id_ce_subjectKeyIdentifier,
  id_cmc_addExtensions,
  id_cmc_regInfo,
  sMIMECapabilities,
  szOID_CMC_ADD_ATTRIBUTES,
  szOID_REQUEST_CLIENT_INFO,
} from '#pki/asn1/oid-table';
import { archivedKeyAttribute } from '#pki/cmc/archived-key';
import { control, encodeAddAttributes, encodeAddExtensions, encodeOctetStringControl } from '#pki/cmc/controls';
import { encryptedKeyHashAttribute } from '#pki/cmc/encrypted-key-hash';
import { formatRegistrationInfo, type NameValuePair } from '#pki/cmc/name-value-pairs';
import { encodePkiData } from '#pki/cmc/pki-data';
import { attributeOf } from '#pki/cms/attribute';
import { signData } from '#pki/cms/sign';
import type { CryptoEngine, SignatureScheme, Signer } from '#pki/crypto/engine';
import { type Extension, findExtension } from '#pki/x509/extension';
import { decodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { keyIdentifier } from '#pki/x509/key-identifier';
import type { ArchivedKey } from './archive-key.ts';
import type { CertificateSignature } from './signing-certificate.ts';

const REQUEST_ID = 1;
const REFERENCE = { pkiDataReference: 0, certReferences: [REQUEST_ID] };

/** Those that describe the key itself and never come from a template. */
const OF_THE_KEY: readonly string[] = [id_ce_subjectKeyIdentifier, sMIMECapabilities];

export interface FullRequestPlan {
  /** DER CertificationRequest. */
  readonly certificationRequest: Uint8Array;
  /** What it asks for. */
  readonly extensions: readonly Extension[];
  readonly pairs: readonly NameValuePair[];
  readonly archivedKey: ArchivedKey | undefined;
  /** DER RequestClientInfo. */
  readonly clientInfo: Uint8Array;
  /** The key that the request is for. */
  readonly signer: Signer;
  readonly scheme: SignatureScheme;
  /** Who signs besides: the certificate that is renewed, an enrollment agent. */
  readonly cosigners: readonly CertificateSignature[];
  readonly engine: CryptoEngine;
}

/** DER ContentInfo, signed by the new key itself, which the identifier in its own request names, before all others. */
export async function buildFullRequest(plan: FullRequestPlan): Promise<Uint8Array> {
  const { certificationRequest, archivedKey, clientInfo, signer, scheme, cosigners, engine } = plan;
  const eContent = encodePkiData({
    controlSequence: controlsOf(plan),
    reqSequence: [{ type: 'tcr', bodyPartID: REQUEST_ID, certificationRequest }],
    cmsSequence: [],
    otherMsgSequence: [],
  });
  const named = findExtension(plan.extensions, id_ce_subjectKeyIdentifier);
  const subjectKeyIdentifier = named
    ? decodeSubjectKeyIdentifier(named.extnValue)
    : await keyIdentifier(signer.publicKey, engine);
  return signData({
    eContentType: id_cct_PKIData,
    eContent,
    signers: [
      {
        signer,
        sid: { subjectKeyIdentifier },
        scheme,
        signedAttributes: [attributeOf(szOID_REQUEST_CLIENT_INFO, clientInfo)],
        unsignedAttributes: archivedKey && [archivedKeyAttribute(archivedKey.contentInfo)],
      },
      ...cosigners,
    ],
    certificates: cosigners.map(({ certificate }) => certificate.raw),
    engine,
  });
}

function controlsOf({ extensions, archivedKey, pairs }: FullRequestPlan) {
  const values: [attrType: string, value: Uint8Array][] = [];
  const added = extensions.filter(({ extnID }) => !OF_THE_KEY.includes(extnID));
  if (added.length > 0) values.push([id_cmc_addExtensions, encodeAddExtensions({ ...REFERENCE, extensions: added })]);
  if (archivedKey) {
    const attributes = [encryptedKeyHashAttribute(archivedKey.hash)];
    values.push([szOID_CMC_ADD_ATTRIBUTES, encodeAddAttributes({ ...REFERENCE, attributes })]);
  }
  if (pairs.length > 0) {
    const text = new TextEncoder().encode(formatRegistrationInfo(pairs));
    values.push([id_cmc_regInfo, encodeOctetStringControl(text)]);
  }
  return values.map(([attrType, value], index) => control(REQUEST_ID + 1 + index, attrType, value));
}
