/**
 * Whose requests a restricted certificate manager may manage: MS-CSRA 3.1.1.7, document 003 "Configuring Certificate
 * Managers". Where OfficerRights is not there every manager manages all; where it is, only what an entry lets him.
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { requestedTemplate } from '../request/requested-template.ts';
import { storedIntake } from '../request/stored-intake.ts';
import type { RequestRow } from '../schema/requests.ts';
import { findTemplate, requestedTokens } from '../template/matching.ts';
import { SID_EVERYONE } from '../template/well-known-sids.ts';
import { type Attempt, refused } from './authorize.ts';
import {
  concerning,
  decodeOfficerRights,
  type OfficerRight,
  officerRightsOf,
  permitsOfficer,
} from './officer-rights.ts';

type ManagedRequest = Pick<RequestRow, 'RequestID' | 'RequesterName' | 'RawRequest'>;

/**
 * Throws CERTSRV_E_RESTRICTEDOFFICER, with the attempt recorded as a failure, for a request that is not his to manage, and
 * where the groups of its requester cannot be read; ERROR_INVALID_DATA for restrictions that cannot be.
 */
export async function requireOfficerOf(
  authority: Authority,
  officer: Caller,
  configuration: Configuration,
  request: ManagedRequest,
  attempt?: Attempt,
): Promise<void> {
  const raw = configuration.binary('OfficerRights');
  if (raw === undefined) return;
  const own = officerRightsOf(decodeOfficerRights(raw), officer);
  const refusal = await refusalOf(authority, officer, own, request);
  if (refusal) throw await refused(authority, officer, configuration, refusal, attempt);
}

async function refusalOf(
  authority: Authority,
  officer: Caller,
  own: readonly OfficerRight[],
  request: ManagedRequest,
): Promise<HresultError | undefined> {
  const templates = own.some(({ template }) => template !== undefined)
    ? await templateNames(authority, request)
    : new Set<string>();
  const needsGroups = concerning(own, templates).some(({ subjects }) => !subjects.includes(SID_EVERYONE));
  let requester: ReadonlySet<string> = new Set([SID_EVERYONE]);
  if (needsGroups) {
    try {
      requester = await tokenOf(authority, request.RequesterName ?? '');
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      return unreadable(request.RequesterName ?? '', error);
    }
  }
  if (permitsOfficer(own, requester, templates)) return undefined;
  return hresult(
    'CERTSRV_E_RESTRICTEDOFFICER',
    `${officer.accountName} does not manage request ${request.RequestID} of ${request.RequesterName}.`,
    { hint: 'a CA administrator tells who manages whom: certhaven restrict-manager' },
  );
}

/** What a directory that hides its groups from the CA leads to: documents 003 and 004, "Unable to Recover User". */
function unreadable(requester: string, error: HresultError): HresultError {
  return hresult(
    'CERTSRV_E_RESTRICTEDOFFICER',
    `The groups of ${requester} cannot be read: ${error.detail ?? error.message}`,
    {
      hint: "the CA's computer account belongs in the group Pre-Windows 2000 Compatible Access of the requester's domain",
      cause: error,
    },
  );
}

/** The SIDs of a requester. Throws what the directory throws, ERROR_NONE_MAPPED for nobody and for several. */
async function tokenOf({ ports: { directory } }: Authority, account: string): Promise<ReadonlySet<string>> {
  const [only, ...others] = await directory.findPrincipals(account);
  if (!only || others.length > 0)
    throw hresult('ERROR_NONE_MAPPED', `${account} is ${only ? 'several' : 'nobody'} in the directory.`);
  return new Set([SID_EVERYONE, only.sid, ...only.groupSids]);
}

/** Common name and OID of the request's template, in lower case: as issued, else as asked for. */
async function templateNames(authority: Authority, request: ManagedRequest): Promise<ReadonlySet<string>> {
  const named = await templateName(authority, request);
  if (named === undefined) return new Set();
  const template = authority.enterprise ? findTemplate((await authority.templates.read()).templates, named) : undefined;
  return new Set((template ? [template.cn, template.oid] : [named]).map((name) => name.toLowerCase()));
}

async function templateName({ ports }: Authority, request: ManagedRequest): Promise<string | undefined> {
  const issued = (await ports.database.certificate(request.RequestID!))?.CertificateTemplate;
  if (issued || !request.RawRequest) return issued ?? undefined;
  return requestedTokens(requestedTemplate(await storedIntake(ports, request)))[0];
}
