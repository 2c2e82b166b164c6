/** A signer as appendix A of the white paper on key archival prints it, its signature really tried. */
import { hresult, isHresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { certificatesOf } from '#pki/cms/certificate-set';
import type { SignedData, SignerInfo } from '#pki/cms/signed-data';
import { isNoSignature, signerCertificate, verifyNoSignature, verifySignerInfo } from '#pki/cms/verify';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../../io/verb.ts';
import { algorithmValue, printSignerAlgorithm } from './algorithm-identifier.ts';
import { printAttributes } from './attributes.ts';
import { nullSignatureLine } from './certification-request.ts';
import type { Page } from './page.ts';
import { identifierValue, printIdentifier } from './recipient-info.ts';
import { checkSignature, type SignatureCheck, signatureLine } from './signature.ts';

/** `requestKeys` are the public keys of the requests inside, DER SubjectPublicKeyInfo: they sign without a certificate. */
export async function printSignerInfo(
  page: Page,
  signedData: SignedData,
  index: number,
  requestKeys: readonly Uint8Array[],
): Promise<Json> {
  const info = signedData.signerInfos[index]!;
  page.line();
  page.line(`Signer Info[${index}]:`);
  const { line, check } = await trySignature(page, signedData, info, requestKeys);
  page.line(line);
  page.line(
    info.version === 1 ? 'CMSG_SIGNER_INFO_PKCS_1_5_VERSION(1)' : `CMSG_SIGNER_INFO_CMS_VERSION(${info.version})`,
  );
  page.line('issuerAndSerialNumber' in info.sid ? 'CERT_ID_ISSUER_SERIAL_NUMBER(1)' : 'CERT_ID_KEY_IDENTIFIER(2)');
  printIdentifier(page, info.sid, orUndefined(() => certificatesOf(signedData)) ?? []);
  printSignerAlgorithm(page, 'Hash Algorithm', info.digestAlgorithm);
  printSignerAlgorithm(page, 'Encrypted Hash Algorithm', info.signatureAlgorithm);
  page.line('Encrypted Hash:');
  page.dump(info.signature);
  page.line();
  page.line(`Authenticated Attributes[${index}]:`);
  const signedAttrs = await printAttributes(page, info.signedAttrs ?? []);
  page.line();
  page.line(`Unauthenticated Attributes[${index}]:`);
  const unsignedAttrs = await printAttributes(page, info.unsignedAttrs ?? []);
  page.line();
  return {
    version: info.version,
    sid: identifierValue(info.sid),
    digestAlgorithm: algorithmValue(info.digestAlgorithm),
    signatureAlgorithm: algorithmValue(info.signatureAlgorithm),
    signature: formatHex(info.signature),
    signatureCheck: check,
    signedAttrs,
    unsignedAttrs,
  };
}

interface Tried {
  readonly line: string;
  readonly check: SignatureCheck | 'key not at hand';
}

async function trySignature(
  page: Page,
  signedData: SignedData,
  info: SignerInfo,
  requestKeys: readonly Uint8Array[],
): Promise<Tried> {
  if (isNoSignature(info)) {
    const check = await checkSignature(() => verified(() => verifyNoSignature(signedData, info, page.engine)));
    return { line: nullSignatureLine(check === 'matches'), check };
  }
  const certificate = orUndefined(() => signerCertificate(signedData, info));
  const keys = certificate ? [certificate.tbsCertificate.subjectPublicKeyInfo.raw] : requestKeys;
  const label = certificate ? 'Public Key' : 'request Public Key';
  let check: SignatureCheck | undefined;
  for (const key of keys) {
    check = await checkSignature(() => verified(() => verifySignerInfo(signedData, info, key, page.engine)));
    if (check === 'matches') break;
  }
  if (check === undefined)
    return { line: 'The certificate of the signer is not in the message', check: 'key not at hand' };
  return { line: signatureLine(check, label), check };
}

/** A detached content (CRYPT_E_BAD_MSG) leaves nothing to try. */
async function verified(verify: () => Promise<void>): Promise<boolean> {
  try {
    await verify();
    return true;
  } catch (error) {
    if (isHresult(error, 'CRYPT_E_BAD_MSG')) throw hresult('NTE_BAD_ALGID', 'Nothing to verify.', { cause: error });
    throw error;
  }
}
