import { formatHex } from '../../asn1/bytes.ts';
import { curveOrder } from '../curve-order.ts';
import type { CryptoEngine, EcCurve, SignatureScheme } from '../engine.ts';
import { ecPrivateKeyInfo, privateKeyKind } from '../private-key-info.ts';
import { ecPublicKeyInfo } from '../public-key.ts';
import { type EngineCheck, fails, isSame, isTrue, mutations, text } from './check.suite.ts';

const CURVES: readonly EcCurve[] = ['P-256', 'P-384', 'P-521'];

export function ecChecks(engine: CryptoEngine): EngineCheck[] {
  return CURVES.flatMap((curve) => [
    {
      name: `${curve}: signatures, agreement, encodings`,
      run: async () => {
        const pkcs8 = await engine.generateKey({ type: 'ec', curve });
        const key = await engine.importPrivateKey(pkcs8);
        const kind = privateKeyKind(pkcs8);
        isTrue(kind.type === 'ec' && kind.curve === curve && kind.point !== undefined, 'another key than asked for');
        if (kind.type !== 'ec' || !kind.point) return;
        isSame(key.publicKey, ecPublicKeyInfo(curve, kind.point), 'public key');
        isSame(pkcs8, ecPrivateKeyInfo(curve, kind.d, kind.point), 'the canonical encoding');
        isSame(await key.exportPkcs8(), pkcs8, 'the exported key');
        const bare = await engine.importPrivateKey(ecPrivateKeyInfo(curve, kind.d));
        isSame(bare.publicKey, key.publicKey, 'public key of a key without its point');
        isSame(await bare.exportPkcs8(), pkcs8, 'a key without its point gains it');
        const data = text('to be signed');
        for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
          const scheme: SignatureScheme = { name: 'ecdsa', digest };
          const signature = await key.sign(scheme, data);
          isTrue(signature[0] === 0x30 && signature.constructor === Uint8Array, `${digest}: not DER`);
          isTrue(await engine.verify(scheme, key.publicKey, data, signature), digest);
          isTrue(!(await engine.verify(scheme, key.publicKey, text('x'), signature)), `${digest}: other data`);
        }
        const scheme: SignatureScheme = { name: 'ecdsa', digest: 'sha256' };
        const signature = await key.sign(scheme, data);
        for (const bad of mutations(signature, 60)) {
          if (formatHex(bad) === formatHex(signature)) continue;
          isTrue(!(await engine.verify(scheme, key.publicKey, data, bad)), `verified: ${formatHex(bad)}`);
        }
        const other = await engine.importPrivateKey(await engine.generateKey({ type: 'ec', curve }));
        const shared = await key.agree(other.publicKey);
        isTrue(shared.length === (kind.point.length - 1) / 2, 'length of the shared secret');
        isSame(await other.agree(key.publicKey), shared, 'the shared secret');
        for (const wrongScheme of [
          { name: 'rsa-pkcs1', digest: 'sha256' },
          { name: 'ecdsa', digest: 'md5' },
        ] as const) {
          await fails('NTE_BAD_ALGID', wrongScheme.name, () => key.sign(wrongScheme, data));
        }
        await fails('NTE_BAD_ALGID', 'unwrap', () => key.unwrapKey({ name: 'rsa-pkcs1' }, data, 16));
        await fails('NTE_BAD_ALGID', 'wrap', () => engine.wrapKey({ name: 'rsa-pkcs1' }, key.publicKey, data));
      },
    },
    {
      name: `${curve}: keys that do not hold together`,
      run: async () => {
        const kind = privateKeyKind(await engine.generateKey({ type: 'ec', curve }));
        const other = privateKeyKind(await engine.generateKey({ type: 'ec', curve }));
        if (kind.type !== 'ec' || other.type !== 'ec' || !kind.point || !other.point) throw new Error('no EC key');
        const { d, point } = kind;
        const offCurve = Uint8Array.from(point);
        offCurve[offCurve.length - 1]! ^= 1;
        const order = curveOrder(curve);
        const plus = (by: number) => order.map((octet, i) => (i === order.length - 1 ? octet + by : octet));
        const cases: readonly (readonly [string, Uint8Array])[] = [
          ['another point', ecPrivateKeyInfo(curve, d, other.point)],
          ['a point off the curve', ecPrivateKeyInfo(curve, d, offCurve)],
          ['zero', ecPrivateKeyInfo(curve, new Uint8Array(1))],
          ['zero with a point', ecPrivateKeyInfo(curve, new Uint8Array(1), point)],
          ['the order', ecPrivateKeyInfo(curve, order)],
          ['over the order', ecPrivateKeyInfo(curve, plus(1))],
          ['the order with a point', ecPrivateKeyInfo(curve, order, point)],
        ];
        for (const [what, pkcs8] of cases) await fails('NTE_BAD_KEY', what, () => engine.importPrivateKey(pkcs8));
        const [first, last] = [Uint8Array.of(1), plus(-1)].map((number) => ecPrivateKeyInfo(curve, number));
        const [base, negated] = [await engine.importPrivateKey(first!), await engine.importPrivateKey(last!)];
        // n - 1 times the base point is its mirror image: the same x.
        const x = (key: { readonly publicKey: Uint8Array }) => key.publicKey.slice(-2 * d.length, -d.length);
        isSame(x(negated), x(base), 'the mirrored base point');
        const key = await engine.importPrivateKey(ecPrivateKeyInfo(curve, d, point));
        const badPublic = ecPublicKeyInfo(curve, offCurve);
        await fails('NTE_BAD_KEY', 'agree', () => key.agree(badPublic));
        await fails('NTE_BAD_KEY', 'verify', () =>
          engine.verify({ name: 'ecdsa', digest: 'sha256' }, badPublic, d, new Uint8Array(8)),
        );
        const elsewhere = await engine.generateKey({ type: 'ec', curve: curve === 'P-256' ? 'P-384' : 'P-256' });
        const stranger = await engine.importPrivateKey(elsewhere);
        await fails('NTE_BAD_KEY', 'another curve', () => key.agree(stranger.publicKey));
      },
    },
  ]);
}
