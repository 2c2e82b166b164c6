/**
 * Transcripts with certificate stores, keys, PFX files and recovery BLOBs, on a machine without a CA. Beside certutil they
 * know `fixture`, which makes what others would have sent: `fixture blob FILE`, `fixture pfx NAME FILE PASSWORD`,
 * `fixture crt NAME FILE`, `fixture key8 NAME FILE`: its PrivateKeyInfo, `fixture install NAME PLACE [PROVIDER [KEYSPEC [kept]]]`, `fixture inventory`,
 * `fixture key NAME PROVIDER KEYSPEC [kept]` of the machine, `fixture properties NAME`: their numbers, in the machine's My,
 * `fixture crl NAME FILE [REVOKED]...` and `fixture ctl NAME FILE [TRUSTED]...` by a CA.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { StoreEntry } from '#certstore/ports/certificate-store';
import { PROPERTIES } from '#certstore/ports/property-ids';
import type { Console } from '#cli/io/console';
import { nodeEngine } from '#pki/crypto/node/engine';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { sealPfx } from '#pki/pkcs12/seal';
import { KeyStation } from '#test/support/key-station';
import { chainOf, type Holder, makeCrl, makeCtl, makeHolder, makeRecoveryBlob, P256 } from '#test/support/recovery-ca';
import { runTranscript } from '#test/support/transcript';

const holders = new Map<string, Holder>();
before(async () => {
  const make = async (name: string, plan: Omit<Parameters<typeof makeHolder>[0], 'issuer'>, issuer?: string) => {
    holders.set(name, await makeHolder({ ...plan, ...(issuer ? { issuer: holders.get(issuer)! } : {}) }));
  };
  await make('root', { subject: 'CN=Contoso Root, O=Contoso', role: 'ca', parameters: P256 });
  await make('ca', { subject: 'CN=Contoso CA, O=Contoso', role: 'ca', parameters: P256 }, 'root');
  await make('user1', { subject: 'CN=user1, CN=Users, DC=contoso, DC=com', role: 'user' }, 'ca');
  await make('user2', { subject: 'CN=user2, CN=Users, DC=contoso, DC=com', role: 'user', parameters: P256 }, 'ca');
  await make('kra1', { subject: 'CN=KRA 1, O=Contoso', role: 'agent' }, 'ca');
  await make('kra2', { subject: 'CN=KRA 2, O=Contoso', role: 'agent', parameters: P256 }, 'ca');
  const notAfter = new Date('2020-01-01T12:00:00Z');
  await make('kra3', { subject: 'CN=KRA 3, O=Contoso', role: 'agent', parameters: P256, notAfter }, 'ca');
});

async function fixture(argv: readonly string[], console: Console, station: KeyStation): Promise<number> {
  const [what, name, ...rest] = argv;
  const holder = holders.get(name ?? '');
  if (what === 'inventory') console.writeOut(`${await station.inventory()}\n`);
  else if (what === 'damage')
    station.damage(rest[0]!, createHash('sha1').update(holder!.certificate.raw).digest('hex'));
  else if (what === 'crl') {
    const revoked = rest.slice(1).map((each) => holders.get(each)!);
    await console.writeFile(rest[0]!, await makeCrl(holder!, revoked));
  } else if (what === 'ctl') {
    const trusted = rest.slice(1).map((each) => holders.get(each)!);
    await console.writeFile(rest[0]!, await makeCtl(holder!, 'Agents', trusted));
  } else if (what === 'key8') await console.writeFile(rest[0]!, holder!.pkcs8.slice());
  else if (what === 'crt') await console.writeFile(rest[0]!, holder!.certificate.raw);
  else if (what === 'pfx') await console.writeFile(rest[0]!, await pfxOf(holder!, rest[1]!, rest[2]));
  else if (what === 'install') {
    const [place, provider, keySpec, kept] = rest;
    await station.install(holder!, {
      machine: place !== 'user',
      ...(provider === undefined ? {} : { provider }),
      keySpec: Number(keySpec ?? 0) as 0 | 1 | 2,
      exportable: kept === undefined,
    });
  } else if (what === 'properties') {
    const [entry] = await (await station.stores(true)).open('My').find(name!);
    console.writeOut(`${propertyNumbers(entry!).join(' ')}\n`);
  } else if (what === 'key') {
    const [provider, keySpec, kept] = rest;
    const key = await (await station.providers(true)).byName(provider!).createKey({
      container: name!,
      algorithm: { type: 'rsa', modulusLength: 1024 },
      keySpec: Number(keySpec) as 0 | 1 | 2,
      policy: { exportable: kept === undefined, archivable: false },
    });
    key.close();
  } else if (what === 'blob') {
    const agents = rest.slice(1).map((agent) => holders.get(agent)!);
    await console.writeFile(rest[0]!, await makeRecoveryBlob({ ca: holders.get('ca')!, user: holder!, agents }));
  } else throw new Error(`fixture ${argv.join(' ')}`);
  return 0;
}

function propertyNumbers({ properties }: StoreEntry): number[] {
  const { others, ...named } = properties;
  const fields = PROPERTIES.filter(({ field }) => field && named[field] !== undefined).map(({ id }) => id);
  return [...fields, ...(others?.keys() ?? [])].sort((a, b) => a - b);
}

/** As Windows writes it, the chain included. */
async function pfxOf(holder: Holder, password: string, cspName: string | undefined): Promise<Uint8Array> {
  const localKeyId = windowsLocalKeyId(1);
  const [, ...chain] = chainOf(holder).map(({ certificate }) => certificate.raw);
  const contents = {
    keys: [{ pkcs8: holder.pkcs8, attributes: keyBagAttributes({ localKeyId, cspName }) }],
    certificates: [
      { certificate: holder.certificate.raw, attributes: certBagAttributes({ localKeyId }) },
      ...chain.map((certificate) => ({ certificate, attributes: [] })),
    ],
  };
  return sealPfx(contents, password, { algorithm: 'AES256_SHA256', iterations: 100 }, nodeEngine);
}

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));
for (const file of files.sort()) {
  test(file, async () => {
    const station = new KeyStation();
    try {
      await runTranscript(readFileSync(join(import.meta.dirname, file), 'utf8'), {
        certutil: (argv, console) => station.certutil(argv, console),
        certhaven: (argv, console) => station.certhaven(argv, console),
        fixture: (argv, console) => fixture(argv, console, station),
      });
    } finally {
      station.remove();
    }
  });
}
