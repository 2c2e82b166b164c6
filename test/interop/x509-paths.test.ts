/** Paths judged by us and by `openssl verify`: both must say the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine } from '#pki/crypto/node/engine';
import type { CertificateList } from '#pki/x509/certificate-list';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import type { GeneralName } from '#pki/x509/general-name';
import { validatePath } from '#pki/x509/path/validate-path';
import { type Entity, issue, issueCrl, NOW } from '#test/support/x509-hierarchy';
import { Folder } from './cms-parties.ts';

const folder = new Folder();
after(() => folder.remove());

const root = await issue({ subject: 'CN=Root', cA: true });

const dns = (value: string): GeneralName => ({ type: 'dNSName', value });
const altName = (...names: GeneralName[]) => encodeExtension(EXTENSIONS.subjectAltName, names);
const pathLen = (pathLenConstraint: number) =>
  encodeExtension(EXTENSIONS.basicConstraints, { cA: true, pathLenConstraint });
const permit = (...bases: GeneralName[]) =>
  encodeExtension(EXTENSIONS.nameConstraints, { permittedSubtrees: bases.map((base) => ({ base })) });
const exclude = (...bases: GeneralName[]) =>
  encodeExtension(EXTENSIONS.nameConstraints, { excludedSubtrees: bases.map((base) => ({ base })) });
const policies = (...ids: string[]) =>
  encodeExtension(
    EXTENSIONS.certificatePolicies,
    ids.map((policyIdentifier) => ({ policyIdentifier })),
  );
const required = encodeExtension(EXTENSIONS.policyConstraints, { requireExplicitPolicy: 0 });
const mapping = encodeExtension(EXTENSIONS.policyMappings, [
  { issuerDomainPolicy: '1.1.1', subjectDomainPolicy: '1.2.1' },
]);

/** Extensions of each certificate from below the root down to the end; a CRL's entries name levels that are revoked. */
const PATHS: readonly (readonly [what: string, ok: boolean, levels: readonly Extension[][], revoked?: number])[] = [
  ['nothing special', true, [[], [], []]],
  ['a path length kept', true, [[pathLen(1)], [], []]],
  ['a path length exceeded', false, [[pathLen(0)], [], []]],
  ['an issuer that is no CA', false, [[encodeExtension(EXTENSIONS.basicConstraints, { cA: false })], []]],
  ['an issuer without keyCertSign', false, [[encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.cRLSign)], []]],
  [
    'an unknown critical extension',
    false,
    [[], [{ extnID: '1.2.3.4', critical: true, extnValue: Uint8Array.of(5, 0) }]],
  ],
  ['an unknown extension', true, [[], [{ extnID: '1.2.3.4', critical: false, extnValue: Uint8Array.of(5, 0) }]]],
  ['a permitted host', true, [[permit(dns('x.org'))], [altName(dns('a.x.org'))]]],
  ['a host not permitted', false, [[permit(dns('x.org'))], [altName(dns('a.y.org'))]]],
  ['an excluded host', false, [[exclude(dns('x.org'))], [altName(dns('a.x.org'))]]],
  [
    'an address in a permitted network',
    true,
    [
      [permit({ type: 'iPAddress', value: Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0) })],
      [altName({ type: 'iPAddress', value: Uint8Array.of(192, 0, 2, 9) })],
    ],
  ],
  [
    'an address outside it',
    false,
    [
      [permit({ type: 'iPAddress', value: Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0) })],
      [altName({ type: 'iPAddress', value: Uint8Array.of(192, 0, 3, 9) })],
    ],
  ],
  [
    'a mailbox of a permitted host',
    true,
    [[permit({ type: 'rfc822Name', value: 'x.org' })], [altName({ type: 'rfc822Name', value: 'a@x.org' })]],
  ],
  [
    'a mailbox of another host',
    false,
    [[permit({ type: 'rfc822Name', value: 'x.org' })], [altName({ type: 'rfc822Name', value: 'a@h.x.org' })]],
  ],
  ['a required policy that holds', true, [[policies('1.1.1'), required], [policies('1.1.1')]]],
  ['a required policy that does not', false, [[policies('1.1.1'), required], [policies('1.1.2')]]],
  ['a required policy that is mapped', true, [[policies('1.1.1'), required, mapping], [policies('1.2.1')]]],
  ['a required policy under its old name', false, [[policies('1.1.1'), required, mapping], [policies('1.1.1')]]],
  ['any policy', true, [[policies('2.5.29.32.0'), required], [policies('1.1.1')]]],
  ['a revoked end certificate', false, [[], []], 1],
  ['a revoked CA', false, [[], [], []], 0],
];

for (const [what, ok, levels, revoked] of PATHS) {
  test(`${what}: ${ok ? 'good' : 'refused'} by both`, async () => {
    const made: Entity[] = [root];
    for (const [i, extensions] of levels.entries()) {
      made.push(await issue({ subject: `CN=Level ${i}`, cA: i < levels.length - 1, issuer: made.at(-1)!, extensions }));
    }
    const lists: CertificateList[] = [];
    for (const [i, issuer] of made.slice(0, -1).entries()) {
      const entry = {
        userCertificate: made[i + 1]!.certificate.tbsCertificate.serialNumber,
        revocationDate: new Date('2026-05-05'),
        crlEntryExtensions: [],
      };
      lists.push(await issueCrl(issuer, { revokedCertificates: i === revoked ? [entry] : [] }));
    }
    const certificates = made.map(({ certificate }) => certificate);
    const result = await validatePath({
      certificate: certificates.at(-1)!,
      candidates: certificates,
      trustAnchors: [root.certificate],
      time: NOW,
      engine: nodeEngine,
      revocation: { certificateLists: async () => lists },
    });
    assert.equal(result.ok, ok, result.errors.flat().join('\n'));

    const pem = (each: { raw: Uint8Array }) => encodePem('CERTIFICATE', each.raw);
    folder.write('root.pem', pem(root.certificate));
    folder.write('via.pem', certificates.slice(1, -1).map(pem).join(''));
    folder.write('end.pem', pem(certificates.at(-1)!));
    folder.write('crls.pem', lists.map((each) => encodePem('X509 CRL', each.raw)).join(''));
    const options = `verify -policy_check -policy 2.5.29.32.0 -crl_check_all -attime ${NOW.getTime() / 1000} -CRLfile crls.pem -CAfile root.pem -untrusted via.pem end.pem`;
    const judged = spawnSync('openssl', options.split(' '), { cwd: folder.path, encoding: 'utf8' });
    assert.equal(judged.status === 0, ok, judged.stdout + judged.stderr);
  });
}
