/** The certificates and the request inside the white paper's messages; test/vectors/whitepaper/README.md tells their origin. */
import { readFileSync } from 'node:fs';

function vector(name: string, start: number, length: number): Uint8Array {
  const path = new URL(`../vectors/whitepaper/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(path)).slice(start, start + length);
}

/** The CA's certificate: DC=com, DC=contoso, CN=TestEnrollment. */
export const whitePaperCaCertificate = () => vector('response.der', 212, 1184);
/** The certificate issued to the requester. */
export const whitePaperIssuedCertificate = () => vector('response.der', 1396, 1572);
/** The PKCS #10 inside the CMC request. */
export const whitePaperCertificationRequest = () => vector('request.der', 369, 943);
