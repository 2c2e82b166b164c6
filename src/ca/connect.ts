/** The authority as one signed-in caller sees it: each call goes to its use case with his name on it. */
import { hresult } from '#hresult/hresult-error';
import type { CertificationAuthority } from './api.ts';
import { getArchivedKey, recoveryRecipients } from './archive/get-archived-key.ts';
import { searchArchivedKeys } from './archive/search-archived-keys.ts';
import { type Authority, type Caller, configString } from './authority.ts';
import { configurationCalls } from './config/configuration-calls.ts';
import { publishBaseCrl } from './crl/publish-crl.ts';
import { caInfo } from './info.ts';
import { keyRecoveryAgents } from './kra/kra-states.ts';
import { changeKeyRecoveryAgents, setKeyRecoveryAgents } from './kra/set-kras.ts';
import type { ViewQuery, ViewRow } from './ports.ts';
import { renewCaCertificate } from './renew/renew.ts';
import { setAttributes, setExtension } from './request/change-pending.ts';
import { tellingDamage } from './request/damaged-row.ts';
import { deny, resubmit } from './request/decide-pending.ts';
import { deleteRows } from './request/delete-rows.ts';
import { caChain } from './request/outcome.ts';
import { retrieve } from './request/retrieve.ts';
import { submit } from './request/submit.ts';
import { revoke } from './revoke/revoke.ts';
import { authorize } from './roles/authorize.ts';
import { setRights } from './roles/change-rights.ts';
import { requirePrincipal } from './roles/principal.ts';
import { liftOfficerRestrictions, officerRestrictions, restrictOfficer } from './roles/restrict-officers.ts';
import type { CaRight } from './roles/rights.ts';
import { columnOf } from './schema/tables.ts';
import { requestShutdown } from './service/request-shutdown.ts';
import { setTemplates, templatesOf } from './template/publish-templates.ts';

/** What runs the CA that is connected to. */
export interface Host {
  /** Ends the connection: stops the CA where it runs for this connection. */
  close(): Promise<void>;
  /** Stops a service; left out where there is none. */
  shutdown?(): void;
  /** The CA was renewed: whoever serves on starts it again, once what is under way is answered. */
  restart?(): void;
}

export function connect(authority: Authority, caller: Caller, host: Host): CertificationAuthority {
  const require = (...rights: CaRight[]) => authorize(authority, caller, rights);
  return {
    config: configString(authority),
    ping: async () => undefined,
    submit: (request) => submit(authority, caller, request),
    retrieve: (request) => tellingDamage(authority, request, () => retrieve(authority, caller, request)),
    resubmit: (requestId) => tellingDamage(authority, requestId, () => resubmit(authority, caller, requestId)),
    deny: (requestId) => deny(authority, caller, requestId),
    setAttributes: (requestId, attributes) => setAttributes(authority, caller, requestId, attributes),
    setExtension: (requestId, extension) => setExtension(authority, caller, requestId, extension),
    deleteRows: (deletion) => deleteRows(authority, caller, deletion),
    exchangeCertificate: async () => {
      await require('Enroll');
      const { certificate } = await authority.exchangeKeys.current(authority, caller.accountName);
      return { certificate: certificate.raw, chain: caChain(authority) };
    },
    info: async () => {
      await require('Enroll', 'Read');
      return caInfo(authority);
    },
    searchArchivedKeys: (token) => searchArchivedKeys(authority, caller, token),
    getArchivedKey: (requestId) =>
      tellingDamage(authority, requestId, () => getArchivedKey(authority, caller, requestId)),
    recoveryRecipients: (requestId) =>
      tellingDamage(authority, requestId, () => recoveryRecipients(authority, caller, requestId)),
    view: (query) => view(authority, query, require),
    ...configurationCalls(authority, caller),
    renewCertificate: async (renewal) => {
      const renewed = await authority.crlTurn.take(() => renewCaCertificate(authority, caller, renewal));
      host.restart?.();
      return renewed;
    },
    templates: async () => {
      await require('Enroll', 'Read');
      return templatesOf(authority, caller);
    },
    setTemplates: (commonNames) => setTemplates(authority, caller, commonNames),
    revoke: (serialNumbers, reason) => revoke(authority, caller, serialNumbers, reason),
    publishCrl: async (request) => {
      await authorize(authority, caller, ['Administrator'], { event: 'crlRequested', values: [] });
      await publishBaseCrl(authority, caller.accountName, request);
    },
    setKeyRecoveryAgents: (certificates, used) => setKeyRecoveryAgents(authority, caller, certificates, used),
    changeKeyRecoveryAgents: (change) => changeKeyRecoveryAgents(authority, caller, change),
    keyRecoveryAgents: async () => {
      await require('Read', 'Officer', 'Administrator');
      return keyRecoveryAgents(authority);
    },
    setRights: async (account, rights) =>
      setRights(authority, caller, await requirePrincipal(authority.ports.directory, account), rights),
    officerRestrictions: (kind) => officerRestrictions(authority, caller, kind),
    restrictOfficer: (kind, account, restrictions) => restrictOfficer(authority, caller, kind, account, restrictions),
    liftOfficerRestrictions: (kind) => liftOfficerRestrictions(authority, caller, kind),
    shutdown: () => requestShutdown(authority, caller, host.shutdown),
    close: () => host.close(),
  };
}

async function* view(
  authority: Authority,
  query: ViewQuery,
  require: (...rights: CaRight[]) => Promise<unknown>,
): AsyncGenerator<ViewRow> {
  await require('Read', 'Officer', 'Administrator');
  requireNoKeyQuestion(query);
  for await (const row of authority.ports.database.view(query)) {
    const sealed = row.get(ARCHIVED_KEY);
    yield sealed ? new Map(row).set(ARCHIVED_KEY, new Uint8Array(0)) : row;
  }
}

const ARCHIVED_KEY = 'Request.RawArchivedKey';

/**
 * Sealed keys leave the database by getArchivedKey alone, which is audited: a view says that there is one, and takes no
 * order or comparison that would spell it out bit by bit.
 */
function requireNoKeyQuestion({ restrictions = [], sort }: ViewQuery): void {
  const isKey = (name: string) =>
    [name, `Request.${name}`].some((candidate) => columnOf(candidate)?.printedName === ARCHIVED_KEY);
  const compares = restrictions.some(({ column, value }) => isKey(column) && value !== null);
  if (!compares && !(sort && isKey(sort.column))) return;
  throw hresult('ERROR_ACCESS_DENIED', 'Archived keys are neither compared nor sorted by.', {
    hint: 'certutil -getkey retrieves an archived key',
  });
}
