import { formatHex } from '#pki/asn1/bytes';
import { digestOfOid } from '#pki/crypto/digest-algorithm';
import { type CertificationRequest, isNullSigned, isSignedByOwnKey } from '#pki/x509/certification-request';
import { formatName } from '#pki/x509/name-text';
import type { Json } from '../../io/verb.ts';
import { algorithmValue } from './algorithm-identifier.ts';
import { printAttributes } from './attributes.ts';
import { printName } from './name.ts';
import type { Page } from './page.ts';
import { printKeyIdHashes, printPublicKey, publicKeyValue } from './public-key.ts';
import { checkSignature, printSignature, signatureLine } from './signature.ts';

export async function printCertificationRequest(page: Page, request: CertificationRequest): Promise<Json> {
  const { certificationRequestInfo: info, signatureAlgorithm, signature } = request;
  page.line('PKCS10 Certificate Request:');
  page.line(`Version: ${info.version + 1}`);
  await printName(page, 'Subject', info.subject);
  printPublicKey(page, info.subjectPKInfo);
  page.line(`Request Attributes: ${info.attributes.length}`);
  const attributes = await printAttributes(
    page,
    info.attributes.map(({ type, values }) => ({ attrType: type, attrValues: values })),
  );
  printSignature(page, signatureAlgorithm, signature);
  const isNull = digestOfOid(signatureAlgorithm.algorithm) !== undefined;
  const check = await checkSignature(() =>
    isNull ? isNullSigned(request, page.engine) : isSignedByOwnKey(request, page.engine),
  );
  page.line(isNull ? nullSignatureLine(check === 'matches') : signatureLine(check));
  await printKeyIdHashes(page, info.subjectPKInfo);
  return {
    type: 'certificationRequest',
    version: info.version + 1,
    subject: formatName(info.subject),
    subjectPublicKeyInfo: publicKeyValue(info.subjectPKInfo),
    attributes,
    signatureAlgorithm: algorithmValue(signatureAlgorithm),
    signature: formatHex(signature),
    signatureCheck: check,
    nullSigned: isNull,
  };
}

/** Of Microsoft's null signature (MS-WCCE 2.2.2.6.5), which is a bare digest. */
export function nullSignatureLine(isGood: boolean): string {
  return isGood ? 'NULL signature verifies' : 'NULL signature does NOT verify';
}
