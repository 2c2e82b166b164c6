/** `certutil -privatekey -dump` where the key is at hand: a CA's own requests, an agent's recovery BLOBs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CertutilPorts } from '#cli/certutil/context';
import { runCertutil } from '#cli/certutil/main';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { encodePem } from '#pki/asn1/pem';
import { archivedKeyAttribute } from '#pki/cmc/archived-key';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { decodeEnvelopedData, encodeEnvelopedData } from '#pki/cms/enveloped-data';
import { sealData } from '#pki/cms/seal';
import { decodeSignedData, encodeSignedData } from '#pki/cms/signed-data';
import { nodeEngine } from '#pki/crypto/node/engine';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import { formatSerial } from '#pki/x509/serial-number';
import { KeyStation, STRONG } from '#test/support/key-station';
import { type Holder, makeHolder, makeRecoveryBlob } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-archived-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SUBJECT = 'CN=TestEnrollment-Xchg, DC=contoso, DC=com';

let exchange: Holder;
let serial: string;
let blob: Uint8Array;
before(async () => {
  exchange = await makeHolder({ subject: SUBJECT, role: 'user' });
  serial = formatSerial(exchange.certificate.tbsCertificate.serialNumber);
  const pkcs8 = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 1024 });
  blob = encodeCapiPrivateKeyBlob(pkcs8);
  writeFileSync(join(folder, 'request.req'), await requestSealedTo(exchange, blob));
});

/** The white paper's request with another archived key: an unsigned attribute, so that its signature stays good. */
async function requestSealedTo(
  { certificate }: Holder,
  content: Uint8Array,
  change = (sealed: Uint8Array) => sealed,
): Promise<Uint8Array> {
  const sealed = await sealData({
    content,
    cipher: { name: 'des-ede3-cbc' },
    recipients: [
      {
        publicKey: certificate.tbsCertificate.subjectPublicKeyInfo.raw,
        rid: issuerAndSerialNumberOf(certificate),
      },
    ],
    engine: nodeEngine,
  });
  const request = decodeSignedData(
    new Uint8Array(readFileSync(join(import.meta.dirname, '../../vectors/whitepaper/request.der'))),
  );
  const signerInfo = { ...request.signerInfos[0]!, unsignedAttrs: [archivedKeyAttribute(change(sealed))] };
  return encodeSignedData({ ...request, signerInfos: [signerInfo] });
}

async function dump(station: KeyStation, ...argv: string[]): Promise<{ exit: number; output: string }> {
  const console = new TranscriptConsole(folder);
  const ports: Partial<CertutilPorts> = {
    console,
    engine: async () => nodeEngine,
    stores: station.stores,
    providers: station.providers,
    directory: async () => {
      throw hresult('ERROR_NO_SUCH_DOMAIN');
    },
  };
  const exit = await runCertutil(argv, ports as CertutilPorts);
  return { exit, output: console.output };
}

async function stationWith(holder: Holder | undefined, machine = true): Promise<KeyStation> {
  const station = new KeyStation();
  after(() => station.remove());
  if (holder) await station.install(holder, { machine, provider: STRONG, keySpec: 1 });
  return station;
}

describe('-privatekey -dump of a request with an archived key', () => {
  it('prints the key where the exchange key is among the machine\u2019s', async () => {
    const { exit, output } = await dump(await stationWith(exchange), '-privatekey', '-dump', 'request.req');
    assert.equal(exit, 0);
    const lines = output.split('\n').slice(output.split('\n').indexOf('PKCS7 Message:'));
    const begin = lines.indexOf('Recipient Info[0]:');
    assert.deepEqual(lines.slice(begin, begin + 22), [
      'Recipient Info[0]:',
      `    Serial Number: ${serial}`,
      '    Issuer:',
      '        CN=TestEnrollment-Xchg',
      '        DC=contoso',
      '        DC=com',
      '    Subject:',
      '        CN=TestEnrollment-Xchg',
      '        DC=contoso',
      '        DC=com',
      'Decrypted PKCS7 Message Content',
      '================ Begin Nesting Level 2 ================',
      'Private Key:',
      '  PRIVATEKEYBLOB',
      '  Version: 2',
      '  aiKeyAlg: 0xa400',
      '    CALG_RSA_KEYX',
      '    Algorithm Class: 0xa000(5) ALG_CLASS_KEY_EXCHANGE',
      '    Algorithm Type: 0x400(2) ALG_TYPE_RSA',
      '    Algorithm Sub-id: 0x0(0) ALG_SID_RSA_ANY',
      ...hexLines(blob.subarray(8)).slice(0, 2),
    ]);
    assert.ok(output.includes('\nSignature matches request Public Key\n'));
    assert.ok(output.endsWith('CertUtil: -dump command completed successfully.\n'));
  });

  it('answers the key under --json, and only under -privatekey', async () => {
    const station = await stationWith(exchange);
    const { output } = await dump(station, '-privatekey', '-dump', 'request.req', '--json');
    assert.ok(output.includes(`"privateKey": "${formatHex(blob)}"`));
    const closed = await dump(station, '-dump', 'request.req', '--json');
    assert.equal(closed.exit, 0);
    assert.ok(!closed.output.includes('privateKey'));
  });

  it('goes on without the key where it is not here', async () => {
    const { exit, output } = await dump(await stationWith(undefined), '-privatekey', '-dump', 'request.req');
    assert.equal(exit, 0);
    assert.ok(
      output.includes(
        'Cannot decrypt: 0x8009200c (-2146885620 CRYPT_E_NO_DECRYPT_CERT)\n' +
          'CertUtil: Cannot find the certificate and private key for decryption.\n',
      ),
    );
    assert.ok(output.includes(`Recipient Info[0]:\n    Serial Number: ${serial}\n`));
    assert.ok(output.endsWith('No CRLs\nCertUtil: -dump command completed successfully.\n'));
    assert.ok(!output.includes('Private Key:'));
  });

  it('tells a message that does not open', async () => {
    const cut = await requestSealedTo(exchange, blob, (sealed) => {
      const { encryptedContentInfo, ...others } = decodeEnvelopedData(sealed);
      const encryptedContent = encryptedContentInfo.encryptedContent!.slice(0, -1);
      return encodeEnvelopedData({ ...others, encryptedContentInfo: { ...encryptedContentInfo, encryptedContent } });
    });
    writeFileSync(join(folder, 'cut.req'), cut);
    const { exit, output } = await dump(await stationWith(exchange), '-privatekey', '-dump', 'cut.req');
    assert.equal(exit, 0);
    assert.match(output, /\nCannot decrypt: 0x80090005 \(-2146893819 NTE_BAD_DATA\)\nCertUtil: Bad Data\.\n/);
    assert.ok(!output.includes('Private Key:'));
  });
});

describe('-privatekey -dump of a recovery BLOB', () => {
  it('prints the archived key to its recovery agent', async () => {
    const ca = await makeHolder({ subject: 'CN=CA', role: 'ca' });
    const [user, agent] = await Promise.all([
      makeHolder({ subject: 'CN=user1', role: 'user', issuer: ca }),
      makeHolder({ subject: 'CN=KRA', role: 'agent', issuer: ca }),
    ]);
    writeFileSync(join(folder, 'user1.rec'), await makeRecoveryBlob({ ca, user, agents: [agent] }));
    const { exit, output } = await dump(await stationWith(agent, false), '-privatekey', 'user1.rec');
    assert.equal(exit, 0);
    const lines = output.split('\n');
    for (const line of [
      'PKCS7 Message Content:',
      'Signature matches Public Key',
      '  Attribute[1]: 1.3.6.1.4.1.311.21.16 (Archived Key Certificate Hash)',
      'Decrypted PKCS7 Message Content',
      '  PRIVATEKEYBLOB',
      '  RSA 2048 bits',
      'Certificates:',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });
});

describe('-privatekey -dump of what openssl sealed', () => {
  it('shows the content of any message that a key at hand opens', async () => {
    writeFileSync(join(folder, 'x.pem'), encodePem('CERTIFICATE', exchange.certificate.raw));
    writeFileSync(join(folder, 'text.txt'), 'no key at all');
    const args = ['cms', '-encrypt', '-binary', '-aes128', '-in', 'text.txt', '-outform', 'DER', '-out', 'sealed.p7m'];
    execFileSync('openssl', [...args, 'x.pem'], { cwd: folder });
    const { exit, output } = await dump(await stationWith(exchange, false), '-privatekey', 'sealed.p7m');
    assert.equal(exit, 0);
    assert.ok(output.includes('0000\t6e 6f 20 6b 65 79 20 61  74 20 61 6c 6c            no key at all\n'));
  });
});

function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const pairs = row.map((octet) => octet.toString(16).padStart(2, '0'));
    const hex = [pairs.slice(0, 8).join(' '), pairs.slice(8).join(' ')].join('  ').padEnd(48);
    const text = row.map((octet) => (octet > 0x1f && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('');
    lines.push(`  ${at.toString(16).padStart(4, '0')}  ${hex}   ${text}`);
  }
  return lines;
}
