/** openssl over bytes: each file is written for one call, `{name}` in an argument is its path. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePem } from '#pki/asn1/pem';

/** What it prints. Throws where it fails, with what it said. */
export function openssl(args: readonly string[], files: Readonly<Record<string, Uint8Array | string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-openssl-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const resolved = args.map((arg) => arg.replace(/\{(\w+)\}/g, (_, name: string) => join(folder, name)));
    return execFileSync('openssl', resolved, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `openssl x509 -text` of a DER certificate. */
export function certificateText(certificate: Uint8Array): string {
  return openssl(['x509', '-inform', 'DER', '-in', '{certificate}', '-noout', '-text'], { certificate });
}

/** openssl's verdict under the strict rules of RFC 5280; with a CRL, revocation is looked up in it. */
export function verifyCertificate(certificate: Uint8Array, ca: Uint8Array, time: Date, crl?: Uint8Array): string {
  const trusted = encodePem('CERTIFICATE', ca) + (crl ? encodePem('X509 CRL', crl) : '');
  return openssl(
    [
      'verify',
      '-attime',
      String(Math.floor(time.getTime() / 1000)),
      '-x509_strict',
      // The SID extension and Microsoft's others are not openssl's to know.
      ...(crl ? ['-crl_check'] : []),
      '-CAfile',
      '{trusted}',
      '{certificate}',
    ],
    { trusted, certificate: encodePem('CERTIFICATE', certificate) },
  );
}
