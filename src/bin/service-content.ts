/** What a service offers: the CA and its directory to signed-in callers, and the ways to sign in. */
import { type Authority, configString } from '#ca/authority';
import { connect } from '#ca/connect';
import { PRODUCT_VERSION } from '#ca/info';
import { findIssued } from '#ca/issue/find-issued';
import type { CaDatabase } from '#ca/ports';
import { DB_DISP } from '#ca/schema/dispositions';
import { openCredentials } from '#directory/credentials/open-credentials';
import type { Certificate } from '#pki/x509/certificate';
import { ACCOUNT_METHODS } from '#wire/account';
import { AUTHORITY_METHODS } from '#wire/authority-methods';
import { DIRECTORY_METHODS } from '#wire/directory-methods';
import { accountOfCaller } from '#wire/server/account-of-caller';
import { basicScheme } from '#wire/server/basic-scheme';
import { bearerScheme } from '#wire/server/bearer-scheme';
import { type CertificateRecords, certificateScheme } from '#wire/server/certificate-scheme';
import { FailureLimit } from '#wire/server/failure-limit';
import { localScheme } from '#wire/server/local-scheme';
import { PasswordCheck } from '#wire/server/password-check';
import { readDirectoryAs } from '#wire/server/read-directory';
import type { ServiceContent } from '#wire/server/request-handler';
import { StreamLimit } from '#wire/server/stream-limit';

export interface ServicePlaces extends Pick<ServiceContent, 'certEnrollDirectory' | 'onFault'> {
  /** Passwords and tokens. */
  readonly credentialsDirectory: string;
  /** Of this run, for commands of the same machine. */
  readonly secret: Uint8Array;
  /** Of the CA's keys, as KnownAuthority has them. */
  readonly crossCertificates: () => readonly Uint8Array[];
  /** A CA administrator wants the service to stop. */
  readonly onShutdown: () => void;
  /** The CA was renewed. */
  readonly onRestart: () => void;
}

export function serviceContent(authority: Authority, places: ServicePlaces): ServiceContent {
  const { directory, clock, database } = authority.ports;
  const credentials = openCredentials({ directory: places.credentialsDirectory, now: () => clock.now() });
  const passwords = new PasswordCheck(directory, credentials, new FailureLimit(() => performance.now()));
  // A caller's connection ends, and the CA goes on.
  const stay = async () => undefined;
  return {
    schemes: [
      bearerScheme(directory, credentials),
      basicScheme(passwords),
      certificateScheme(
        directory,
        (certificate) => recordOf(database, certificate),
        () => clock.now(),
      ),
      localScheme(directory, places.secret),
    ],
    apis: {
      authority: {
        table: AUTHORITY_METHODS,
        open: ({ caller }) =>
          connect(authority, caller, { close: stay, shutdown: places.onShutdown, restart: places.onRestart }),
      },
      directory: { table: DIRECTORY_METHODS, open: ({ caller }) => readDirectoryAs(directory, caller) },
      account: {
        table: ACCOUNT_METHODS,
        open: (signedIn, address) => accountOfCaller(signedIn, address, credentials, passwords),
      },
    },
    known: () => ({
      config: configString(authority),
      domain: directory.domain,
      configurationDN: directory.configurationDN,
      certificates: authority.certificates.map(({ certificate }) => certificate.raw).reverse(),
      crossCertificates: places.crossCertificates(),
      productVersion: PRODUCT_VERSION,
    }),
    certEnrollDirectory: places.certEnrollDirectory,
    streams: new StreamLimit(),
    onFault: places.onFault,
  };
}

async function recordOf(database: CaDatabase, certificate: Certificate): ReturnType<CertificateRecords> {
  const issued = await findIssued(database, certificate);
  return issued && { isValid: issued.disposition === DB_DISP.ISSUED, requesterName: issued.requesterName };
}
