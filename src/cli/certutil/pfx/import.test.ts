import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { CertificateStore, CertificateStores } from '#certstore/ports/certificate-store';
import type { HresultSymbol } from '#hresult/codes';
import { hresult, isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { nodeEngine } from '#pki/crypto/node/engine';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { openPfx } from '#pki/pkcs12/open';
import type { PfxContents } from '#pki/pkcs12/pfx-contents';
import { type PfxToSeal, sealPfx } from '#pki/pkcs12/seal';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { KeyStation, KSP, STRONG } from '#test/support/key-station';
import { type Holder, makeHolder, P256 } from '#test/support/recovery-ca';
import type { KeyPlace } from '../store/key-place.ts';
import { exportPfx } from './export.ts';
import { type ImportChoice, importPfx } from './import.ts';
import { EXPORT_MODIFIERS, IMPORT_MODIFIERS, parseModifiers } from './modifiers.ts';

/** The old form, which takes less time. */
function exporting(modifiers?: string) {
  const { flags } = parseModifiers(modifiers, EXPORT_MODIFIERS);
  return { flags, algorithm: 'TripleDES_SHA1', password: '' } as const;
}

function fails(symbol: HresultSymbol): (error: unknown) => boolean {
  return (error) => isHresult(error, symbol) || assert.fail(`${symbol} expected, ${error} came`);
}

describe('PFX files', () => {
  let root: Holder;
  let user: Holder;
  let renewed: Holder;
  let other: Holder;
  let station: KeyStation;
  let place: KeyPlace;
  before(async () => {
    root = await makeHolder({ subject: 'CN=Root', role: 'ca', parameters: P256 });
    user = await makeHolder({ subject: 'CN=user', role: 'user', issuer: root });
    renewed = await makeHolder({ subject: 'CN=user', role: 'user', issuer: root, sameKeyAs: user });
    other = await makeHolder({ subject: 'CN=other', role: 'user', issuer: root, parameters: P256 });
  });
  beforeEach(async () => {
    station?.remove();
    station = new KeyStation();
    const [stores, providers] = await Promise.all([station.stores(false), station.providers(false)]);
    place = { isMachine: false, stores, providers, engine: nodeEngine };
  });
  after(() => station.remove());

  async function fileOf(
    holder: Holder,
    {
      pkcs8 = holder.pkcs8,
      certificates = [holder],
      ...names
    }: {
      pkcs8?: Uint8Array;
      certificates?: readonly Holder[];
      friendlyName?: string;
      cspName?: string;
      properties?: ReadonlyMap<number, Uint8Array>;
    } = {},
  ): Promise<PfxContents> {
    const localKeyId = windowsLocalKeyId(1);
    const { friendlyName, cspName, properties } = names;
    const contents: PfxToSeal = {
      keys: [{ pkcs8, attributes: keyBagAttributes({ localKeyId, friendlyName, cspName }) }],
      certificates: [
        ...certificates.map(({ certificate }) => ({
          certificate: certificate.raw,
          attributes: certBagAttributes({ localKeyId, properties }),
        })),
        { certificate: root.certificate.raw, attributes: [] },
      ],
    };
    const sealed = await sealPfx(contents, '', { algorithm: 'AES256_SHA256', iterations: 1 }, nodeEngine);
    return openPfx(sealed, '', nodeEngine);
  }

  function choice(modifiers?: string, options: Partial<ImportChoice> = {}): ImportChoice {
    return {
      store: place.stores.open('My'),
      csp: undefined,
      retryLine: 'line',
      modifiers: parseModifiers(modifiers, IMPORT_MODIFIERS),
      ...options,
    };
  }

  describe('importPfx', () => {
    it('takes the KeySpec of a CSP key from the modifiers, else from the key, and never one under a KSP', async () => {
      const signing = withKeyUsage(user.pkcs8, KEY_USAGE.digitalSignature);
      const keySpec = async (contents: PfxContents, modifiers?: string, csp = STRONG) =>
        (await importPfx(contents, place, choice(modifiers, { csp }))).keys[0]!.keySpec;
      assert.equal(await keySpec(await fileOf(user)), 1);
      assert.equal(await keySpec(await fileOf(user, { pkcs8: signing })), 2);
      assert.equal(await keySpec(await fileOf(user), 'AT_SIGNATURE'), 2);
      assert.equal(await keySpec(await fileOf(user, { pkcs8: signing }), 'at_keyexchange'), 1);
      assert.equal(await keySpec(await fileOf(user, { pkcs8: signing }), 'AT_SIGNATURE', KSP), 0);
      const [entry] = await place.stores.open('My').list();
      assert.deepEqual([entry!.properties.keyProvInfo!.provider, entry!.properties.keyProvInfo!.keySpec], [KSP, 0]);
    });

    it('takes the provider from -csp, else from the file, else by the kind of key', async () => {
      const provider = async (contents: PfxContents, csp?: string) =>
        (await importPfx(contents, place, choice(undefined, { csp }))).keys[0]!.provider;
      assert.equal(await provider(await fileOf(user)), 'Microsoft Enhanced Cryptographic Provider v1.0');
      assert.equal(await provider(await fileOf(other)), KSP);
      assert.equal(await provider(await fileOf(user, { cspName: KSP })), KSP);
      assert.equal(await provider(await fileOf(user, { cspName: KSP }), STRONG), STRONG);
      const unknown = await fileOf(user, { cspName: 'Gemplus GemSAFE Card CSP' });
      assert.equal(await provider(unknown), 'Microsoft Enhanced Cryptographic Provider v1.0');
      const retry = await importPfx(await fileOf(other, { cspName: STRONG }), place, choice()).catch((error) => error);
      assert.ok(isHresult(retry, 'NTE_BAD_ALGID') && retry.hint === 'line');
    });

    it('names the container after the key, the modifier or the certificate, with a GUID of its own', async () => {
      const container = async (contents: PfxContents, modifiers?: string) =>
        (await importPfx(contents, place, choice(modifiers))).keys[0]!.container;
      const guid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
      assert.match(await container(await fileOf(user)), new RegExp(`^user-${guid}$`));
      const first = await container(await fileOf(user, { friendlyName: 'Contoso CA' }));
      assert.match(first, new RegExp(`^Contoso CA-${guid}$`));
      const again = await container(await fileOf(user, { friendlyName: first }));
      assert.match(again, new RegExp(`^Contoso CA-${guid}$`));
      assert.notEqual(again, first);
      assert.match(await container(await fileOf(user), 'KeyFriendlyName=mine'), new RegExp(`^mine-${guid}$`));
      assert.equal((await container(await fileOf(user, { friendlyName: 'x'.repeat(400) }))).length, 260);
    });

    it('tells of the key that a certificate had before, unless it is needed or another', async () => {
      const run = async (holder: Holder) => importPfx(await fileOf(holder), place, choice());
      const [first, second] = [await run(user), await run(user)];
      assert.deepEqual(first.leftKeys, []);
      const { provider, container } = first.keys[0]!;
      assert.deepEqual(second.leftKeys, [{ provider, container }]);
      // The renewed certificate goes on with the second key.
      const my = place.stores.open('My');
      const { keyProvInfo } = (await my.find('user'))[0]!.properties;
      await my.add(renewed.certificate.raw, { keyProvInfo: keyProvInfo! });
      assert.deepEqual((await run(user)).leftKeys, []);
      // An entry that names the key of somebody else.
      const foreign = (await run(other)).keys[0]!;
      const entry = (await my.list()).find(({ certificate }) => isSameBytes(certificate.raw, user.certificate.raw));
      await my.setProperty(entry!, 'keyProvInfo', { ...keyProvInfo!, ...foreign, providerType: 0 });
      await my.remove((await my.find('other'))[0]!);
      assert.deepEqual((await run(user)).leftKeys, []);
    });

    it('links every certificate of a renewed key to it, and keeps extended properties', async () => {
      const properties = new Map([
        [75, Uint8Array.of(1)],
        [2, Uint8Array.of(1)],
        [3, Uint8Array.of(1)],
      ]);
      const { keys } = await importPfx(
        await fileOf(user, { certificates: [user, renewed], properties }),
        place,
        choice(),
      );
      assert.equal(keys.length, 1);
      const entries = await place.stores.open('My').list();
      assert.deepEqual(
        entries.map((entry) => entry.properties.keyProvInfo?.container),
        [keys[0]!.container, keys[0]!.container],
      );
      for (const { properties: kept } of entries) assert.deepEqual(kept.others, new Map([[75, Uint8Array.of(1)]]));
    });

    it('puts the chain where NoChain and NoRoot let it', async () => {
      const count = async (name: string) => (await place.stores.open(name).list()).length;
      await importPfx(await fileOf(user), place, choice('NoChain'));
      assert.deepEqual([await count('My'), await count('Root')], [1, 0]);
      await importPfx(await fileOf(user), place, choice('NoRoot'));
      assert.equal(await count('Root'), 0);
      await importPfx(await fileOf(user), place, choice());
      assert.equal(await count('Root'), 1);
    });

    it('makes keys that may not leave with NoExport', async () => {
      await importPfx(await fileOf(user), place, choice('NoExport'));
      const entries = await place.stores.open('My').list();
      await assert.rejects(exportPfx(entries, place, station.providers, exporting()), fails('NTE_BAD_KEY_STATE'));
    });

    it('takes everything back where a later step fails', async () => {
      await importPfx(await fileOf(user), place, choice('FriendlyName=before'));
      const [before] = await place.stores.open('My').list();
      const inventory = await station.inventory();
      // The renewed certificate is added, the known one linked to another key, then the root meets a store that is full.
      const stores = failing(place.stores, 'Root');
      const contents = await fileOf(user, { certificates: [user, renewed] });
      await assert.rejects(
        importPfx(contents, { ...place, stores }, choice('FriendlyName=after', { csp: KSP })),
        fails('ERROR_DISK_FULL'),
      );
      assert.equal(await station.inventory(), inventory);
      const [now] = await place.stores.open('My').list();
      assert.deepEqual(now!.properties, before!.properties);
    });

    it('removes the key where its certificate cannot be added', async () => {
      const store = failing(place.stores, 'My').open('My');
      await assert.rejects(
        importPfx(await fileOf(user), place, choice(undefined, { store })),
        fails('ERROR_DISK_FULL'),
      );
      assert.equal(await station.inventory(), 'machine 0 keys 0 certificates, user 0 keys 0 certificates');
    });

    it('leaves a container that was there, by whatever case of its name, where the rest fails', async () => {
      const store = failing(place.stores, 'My').open('My');
      for (const [csp, modifiers, overwrite] of [
        [STRONG, 'AT_KEYEXCHANGE', false],
        [KSP, undefined, true],
      ] as const) {
        const provider = place.providers.byName(csp);
        const before = await importPfx(
          await fileOf(user),
          place,
          choice('AT_SIGNATURE', { csp, container: () => 'Old' }),
        );
        const again = choice(modifiers, { csp, container: () => 'OLD', overwrite, store });
        await assert.rejects(importPfx(await fileOf(user), place, again), fails('ERROR_DISK_FULL'));
        (await provider.openKey('Old', before.keys[0]!.keySpec)).close();
        await provider.deleteKey('Old');
      }
    });

    it('takes back an entry whose extended property is malformed', async () => {
      const contents = await fileOf(user, { properties: new Map([[26, Uint8Array.of(1)]]) });
      await assert.rejects(importPfx(contents, place, choice()), fails('ERROR_INVALID_DATA'));
      assert.equal(await station.inventory(), 'machine 0 keys 0 certificates, user 0 keys 0 certificates');
    });

    it('refuses a file that joins a key to the certificate of another', async () => {
      const contents = await fileOf(user, { pkcs8: other.pkcs8 });
      await assert.rejects(importPfx(contents, place, choice()), fails('NTE_BAD_KEY'));
      assert.equal(await station.inventory(), 'machine 0 keys 0 certificates, user 0 keys 0 certificates');
    });
  });

  describe('exportPfx', () => {
    it('gives a key the attributes Windows gives it', async () => {
      const info = await station.install(user, { machine: true, provider: STRONG, keySpec: 2 });
      const [stores, providers] = await Promise.all([station.stores(true), station.providers(true)]);
      const entries = await stores.open('My').list();
      const machine: KeyPlace = { isMachine: true, stores, providers, engine: nodeEngine };
      await stores.open('Root').add(root.certificate.raw);
      await stores.open('My').setProperty(entries[0]!, 'friendlyName', 'mail');
      await stores.open('My').setProperty(entries[0]!, 'requestOriginator', 'pc');
      const plan = async (modifiers?: string) => {
        const listed = await stores.open('My').list();
        const { pfx } = await exportPfx(listed, machine, station.providers, exporting(modifiers));
        return openPfx(pfx, '', nodeEngine);
      };
      const { keys, certificates } = await plan('ExtendedProperties');
      const { friendlyName, cspName, machineKeyset, keySpecBits, localKeyId } = keys[0]!;
      assert.deepEqual(
        [friendlyName, cspName, machineKeyset, keySpecBits, localKeyId],
        [info.container, STRONG, true, KEY_USAGE.digitalSignature, windowsLocalKeyId(1)],
      );
      assert.deepEqual(
        certificates.map((one) => [one.certificate, one.friendlyName, one.localKeyId]),
        [
          [user.certificate.raw, 'mail', windowsLocalKeyId(1)],
          [root.certificate.raw, undefined, undefined],
        ],
      );
      assert.deepEqual(certificates[0]!.properties, new Map([[71, Uint8Array.of(0x70, 0, 0x63, 0, 0, 0)]]));
      assert.equal((await plan()).certificates[0]!.properties.size, 0);
      assert.equal((await plan('NoRoot')).certificates.length, 1);
      assert.equal((await plan('NoChain')).certificates.length, 1);
    });

    it('refuses entries without key, and keys of other certificates', async () => {
      const my = place.stores.open('My');
      await my.add(user.certificate.raw);
      const bare = await my.list();
      await assert.rejects(exportPfx(bare, place, station.providers, exporting()), fails('CRYPT_E_NO_KEY_PROPERTY'));
      const keyProvInfo = await station.install(other, { machine: false });
      await my.setProperty(bare[0]!, 'keyProvInfo', keyProvInfo);
      const entries = await my.find('user');
      await assert.rejects(exportPfx(entries, place, station.providers, exporting()), fails('NTE_BAD_KEY'));
    });
  });

  /** The same stores, one of which takes nothing more. */
  function failing(stores: CertificateStores, name: string): CertificateStores {
    const full = {
      add: async () => {
        throw hresult('ERROR_DISK_FULL');
      },
    };
    return {
      all: stores.all,
      open(wanted): CertificateStore {
        const store = stores.open(wanted);
        return wanted === name
          ? new Proxy(store, { get: (target, key) => Reflect.get(key === 'add' ? full : target, key).bind(target) })
          : store;
      },
    };
  }
});
