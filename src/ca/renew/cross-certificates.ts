/**
 * A root with a new key is vouched for by the key before, as AD CS does it: that signs a certificate of the same name for the
 * new key. Who trusts the old root alone has a path to what the new key signs (RFC 4210 §4.4, "new with old").
 */

import { isSameBytes } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { isSameName } from '#pki/x509/name';
import { type Authority, configString } from '../authority.ts';
import type { CaCertificate, CurrentCa } from '../ca-certificate.ts';
import { signatureSchemeOf } from '../config/ca-signature-scheme.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { CRLF } from '../config/registry-flags.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import type { CertificatePlan } from '../issue/certificate-plan.ts';
import { issueToItself } from '../issue/issue-to-itself.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import { CR_FLG } from '../schema/dispositions.ts';

/**
 * From the key that signs today down, each key by the one before it, so that there is one path to each root that has not ended
 * and whose key is at hand. What is not there yet is issued, and kept in the machine's CA store. None with
 * CRLF_DISABLE_ROOT_CROSS_CERTS. Throws as issueToItself.
 */
export async function crossCertificates(authority: Authority): Promise<Certificate[]> {
  const configuration = await readConfiguration(authority.ports.database);
  if (configuration.hasFlag('CRLFlags', CRLF.DISABLE_ROOT_CROSS_CERTS)) return [];
  const found: Certificate[] = [];
  let { certificate: later } = authority.current;
  for (const { index, keyIndex, certificate, key } of earlierKeys(authority)) {
    if (key === undefined || certificate.tbsCertificate.validity.notAfter <= authority.ports.clock.now()) break;
    const scheme = signatureSchemeOf(configuration, key.publicKey);
    const pair = { later, earlier: { index, keyIndex, certificate, key, scheme } };
    found.push((await stored(authority, pair)) ?? (await issue(authority, pair, configuration)));
    later = certificate;
  }
  return found;
}

interface Pair {
  readonly later: Certificate;
  readonly earlier: CurrentCa;
}

/** The newest certificate of each key but today's, the latest key first. */
function earlierKeys({ certificates, current }: Authority): CaCertificate[] {
  const newest = new Map(certificates.map((each) => [each.keyIndex, each]));
  newest.delete(current.keyIndex);
  return [...newest.values()].sort((a, b) => b.keyIndex - a.keyIndex);
}

function keyOf({ tbsCertificate }: Certificate): Uint8Array {
  return tbsCertificate.subjectPublicKeyInfo.raw;
}

async function stored({ ports }: Authority, { later, earlier }: Pair): Promise<Certificate | undefined> {
  const now = ports.clock.now();
  const { subjectPublicKeyInfo } = earlier.certificate.tbsCertificate;
  for (const { certificate: raw } of await ports.stores.list('CA')) {
    const certificate = decodeCertificate(raw);
    const { subject, validity } = certificate.tbsCertificate;
    if (!isSameBytes(keyOf(certificate), keyOf(later)) || validity.notAfter <= now) continue;
    if (!isSameName(subject, later.tbsCertificate.subject)) continue;
    if (await isSignedBy(certificate, subjectPublicKeyInfo, ports.engine)) return certificate;
  }
  return undefined;
}

async function issue(authority: Authority, pair: Pair, configuration: Configuration): Promise<Certificate> {
  const { database, stores } = authority.ports;
  const issuing = { ...authority, current: pair.earlier };
  const certificate = await issueToItself(issuing, await plan(issuing, pair, configuration), {
    requestId: await database.nextRequestId(),
    configuration,
    requestFlags: CR_FLG.CACROSSCERT,
    caller: configString(authority),
  });
  await stores.add('CA', certificate.raw);
  return certificate;
}

/** It lasts as long as both of the roots it stands between. */
async function plan(
  issuing: Authority,
  { later, earlier }: Pair,
  configuration: Configuration,
): Promise<CertificatePlan> {
  const { extensions, subject, validity } = later.tbsCertificate;
  const ends = Math.min(validity.notAfter.getTime(), earlier.certificate.tbsCertificate.validity.notAfter.getTime());
  const constraints = extensionValue(extensions, EXTENSIONS.basicConstraints) ?? { cA: true };
  const usage = KEY_USAGE.digitalSignature | KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign;
  return {
    subject,
    subjectPublicKeyInfo: keyOf(later),
    validity: {
      notBefore: backdated(issuing.ports.clock.now(), configuration),
      notAfter: wholeSeconds(new Date(ends)),
    },
    extensions: [
      plannedExtension(EXTENSIONS.keyUsage, usage),
      plannedExtension(EXTENSIONS.basicConstraints, constraints, { critical: true }),
      ...(await authorityExtensions(issuing, configuration, keyOf(later))),
    ],
    template: undefined,
    upn: undefined,
  };
}
