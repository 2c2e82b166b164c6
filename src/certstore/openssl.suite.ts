/** Certificates and CRLs made by openssl, for tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OpensslCertificate {
  readonly der: Uint8Array;
  /** DER PrivateKeyInfo. */
  readonly pkcs8: Uint8Array;
}

/** Lines of an `[ext]` section and what it refers to; e.g. `basicConstraints = CA:true`. */
export function opensslCertificate(
  subject: string,
  options: {
    readonly serial?: string;
    readonly extensions?: string;
    readonly issuer?: OpensslCertificate;
    readonly key?: readonly string[];
  } = {},
): OpensslCertificate {
  return inFolder((path) => {
    const { serial, extensions = '', issuer, key = ['-newkey', 'rsa:2048'] } = options;
    writeFileSync(path('cnf'), `[req]\ndistinguished_name = dn\nprompt = no\n[dn]\n[ext]\n${extensions}\n`);
    const args = ['req', '-x509', '-nodes', ...key, '-keyout', path('key.pem'), '-out', path('crt'), '-outform', 'DER'];
    args.push('-config', path('cnf'), '-extensions', 'ext', '-subj', subject, '-days', '30', '-utf8');
    if (serial !== undefined) args.push('-set_serial', serial);
    if (issuer) args.push(...issuerArguments(issuer, path));
    openssl(args);
    openssl(['pkcs8', '-topk8', '-nocrypt', '-in', path('key.pem'), '-outform', 'DER', '-out', path('p8')]);
    return { der: read(path('crt')), pkcs8: read(path('p8')) };
  });
}

/** A CRL of this CA without entries. */
export function opensslCrl(issuer: OpensslCertificate): Uint8Array {
  return inFolder((path) => {
    writeFileSync(path('index'), '');
    writeFileSync(path('cnf'), `[ca]\ndefault_ca = c\n[c]\ndatabase = ${path('index')}\ndefault_md = sha256\n`);
    const [, certificate, , key] = issuerArguments(issuer, path);
    const args = ['ca', '-gencrl', '-config', path('cnf'), '-cert', certificate!, '-keyfile', key!];
    openssl([...args, '-crldays', '7', '-out', path('crl.pem')]);
    openssl(['crl', '-in', path('crl.pem'), '-outform', 'DER', '-out', path('crl')]);
    return read(path('crl'));
  });
}

function issuerArguments(issuer: OpensslCertificate, path: (name: string) => string): string[] {
  writeFileSync(path('ca.crt'), issuer.der);
  writeFileSync(path('ca.p8'), issuer.pkcs8);
  openssl(['x509', '-inform', 'DER', '-in', path('ca.crt'), '-out', path('ca.pem')]);
  openssl(['pkey', '-inform', 'DER', '-in', path('ca.p8'), '-out', path('ca.key')]);
  return ['-CA', path('ca.pem'), '-CAkey', path('ca.key')];
}

function inFolder<T>(work: (path: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-openssl-'));
  try {
    return work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}
