/** Keys and certificates made by openssl, and a folder in which other programs read and write files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivateKey } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';

export interface Party {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  /** Names of PEM files in the folder. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'certhaven-cms-'));

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(join(this.path, name), content);
    return name;
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(join(this.path, name)));
  }

  /** Runs a command of words without blanks; answers what it prints, throws it where the program fails. */
  run(command: string, ...more: readonly string[]): string {
    const [program, ...words] = command.split(' ');
    const { status, stdout, stderr, error } = spawnSync(program!, [...words, ...more], {
      cwd: this.path,
      encoding: 'utf8',
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`${command} ${more.join(' ')}: exit ${status}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  /** A self-signed certificate for mail; `newKey` is what `openssl req -newkey` takes. */
  async party(name: string, newKey: string): Promise<Party> {
    const [certificateFile, keyFile] = [`${name}.pem`, `${name}.key`];
    // The installed configuration would make a CA of it, which NSS does not let sign mail.
    this.write('party.cnf', '[req]\ndistinguished_name=dn\n[dn]\n');
    const subject = `/O=Certhaven/CN=${name}/emailAddress=${name}@example.org`;
    const usage = 'digitalSignature,nonRepudiation,keyEncipherment,keyAgreement';
    this.run(
      `openssl req -config party.cnf -x509 -nodes -newkey ${newKey} -keyout ${keyFile} -out ${certificateFile} -days 30 -subj ${subject} -addext keyUsage=${usage} -addext basicConstraints=CA:FALSE -addext extendedKeyUsage=emailProtection`,
    );
    this.run(`openssl x509 -in ${certificateFile} -outform DER -out ${name}.cer`);
    this.run(`openssl pkcs8 -topk8 -nocrypt -in ${keyFile} -outform DER -out ${name}.p8`);
    const key = await nodeEngine.importPrivateKey(this.read(`${name}.p8`));
    return { certificate: decodeCertificate(this.read(`${name}.cer`)), key, certificateFile, keyFile };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const RSA_2048 = 'rsa:2048';
export const EC = (curve: string) => `ec -pkeyopt ec_paramgen_curve:${curve}`;
