import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { EnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientIdentifiers, recipientOf } from '#pki/cms/open';
import type { RecipientInfo } from '#pki/cms/recipient-info';
import { wipe } from '#pki/crypto/engine';
import { keyBlobFormat } from '#pki/keyblob/key-blob';
import type { Certificate } from '#pki/x509/certificate';
import type { Json } from '../../io/verb.ts';
import { algorithmValue, printAlgorithm } from './algorithm-identifier.ts';
import { oidText } from './oid-text.ts';
import type { Page } from './page.ts';
import { printPrivateKey } from './private-key.ts';
import { printIdentifier, printRecipientInfo, recipientValue } from './recipient-info.ts';

/**
 * A sealed message: what it is sealed with and for whom; the content where -privatekey asks for it and the key is here. That
 * it is not here is told and stops nothing.
 */
export async function printEnvelopedData(page: Page, value: EnvelopedData): Promise<Json> {
  const { version, recipientInfos, encryptedContentInfo } = value;
  const { contentType, contentEncryptionAlgorithm, encryptedContent } = encryptedContentInfo;
  // wincrypt.h: only version 0 is PKCS #7's.
  page.line(version === 0 ? 'PKCS7 Message:' : 'PKCS7/CMS Message:');
  page.line('  CMSG_ENVELOPED(3)');
  page.line(`  CMSG_ENVELOPED_DATA_${version === 0 ? 'PKCS_1_5' : 'CMS'}_VERSION(${version})`);
  page.line(`  Content Type: ${oidText(contentType)}`);
  page.line();
  printAlgorithm(page, 'Content Encryption Algorithm', contentEncryptionAlgorithm);
  page.line();
  page.line('PKCS7 Message Content:');
  const opened = page.style.showPrivateKey ? await printOpened(page, value) : undefined;
  if (opened === undefined && encryptedContent) page.dumpContent(encryptedContent);
  page.line();
  page.line('No Signer');
  page.line(`Recipient Count: ${recipientInfos.length}`);
  for (const [i, info] of recipientInfos.entries()) printRecipientInfo(page, info, i);
  page.line();
  page.line('No Certificates');
  page.line('No CRLs');
  return {
    type: 'envelopedData',
    version,
    contentType,
    contentEncryptionAlgorithm: algorithmValue(contentEncryptionAlgorithm),
    encryptedLength: encryptedContent?.length,
    recipientInfos: recipientInfos.map(recipientValue),
    content: opened,
  };
}

/** The content as a value; undefined where it could not be opened, which the lines tell. */
async function printOpened(page: Page, value: EnvelopedData): Promise<Json | undefined> {
  let content: Uint8Array | undefined;
  try {
    const { certificate, bytes } = await open(page, value);
    content = bytes;
    return await printContent(page, value, certificate, bytes);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    printFailure(page, error);
    return undefined;
  } finally {
    wipe(content);
  }
}

/** The caller wipes the bytes. Throws CRYPT_E_NO_DECRYPT_CERT where no recipient's key is here, and as openData. */
async function open(page: Page, value: EnvelopedData): Promise<{ certificate: Certificate; bytes: Uint8Array }> {
  for (const rid of recipientIdentifiers(value)) {
    const found = await page.ports.recipientKeys?.find(rid);
    if (!found) continue;
    try {
      const bytes = await openData(value, recipientOf(found.certificate, found.decrypter), page.engine);
      return { certificate: found.certificate, bytes };
    } finally {
      found.close();
    }
  }
  throw hresult('CRYPT_E_NO_DECRYPT_CERT');
}

/** Whose key opened it, then what it holds: an archived key, or whatever else. */
async function printContent(
  page: Page,
  { recipientInfos }: EnvelopedData,
  certificate: Certificate,
  bytes: Uint8Array,
): Promise<Json> {
  const [rid] = recipientIdentifiersOf(certificate, recipientInfos);
  page.line();
  if (rid) {
    page.line(`Recipient Info[${rid.index}]:`);
    printIdentifier(page, rid.id, [certificate]);
  }
  page.line('Decrypted PKCS7 Message Content');
  return page.nested(async () => {
    if (keyBlobFormat(bytes) !== undefined) return printPrivateKey(page, bytes);
    page.dumpContent(bytes);
    return { type: 'data', bytes: formatHex(bytes) };
  });
}

function recipientIdentifiersOf(certificate: Certificate, recipientInfos: readonly RecipientInfo[]) {
  return recipientInfos.flatMap((info, index) => {
    if (info.type === 'other') return [];
    const rids = info.type === 'ktri' ? [info.rid] : info.recipientEncryptedKeys.map(({ rid }) => rid);
    return rids.filter((id) => identifiesCertificate(id, certificate)).map((id) => ({ index, id }));
  });
}

/** The second text is that of the store listings, where a certificate has no key. */
function printFailure(page: Page, error: HresultError): void {
  page.line(`Cannot decrypt: ${formatHresult(error.hresult)}`);
  const { symbol } = error;
  page.line(
    `CertUtil: ${symbol === 'CRYPT_E_NO_DECRYPT_CERT' ? 'Cannot find the certificate and private key for decryption.' : HRESULTS[symbol][1]}`,
  );
}
