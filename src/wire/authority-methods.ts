/** `CertificationAuthority` over the network: one line a method. */
import type {
  CaRenewal,
  CertificationAuthority,
  CrlRequest,
  ExtensionSetting,
  KeyRecoveryAgentsChange,
  OfficerRestriction,
  RegistrySetting,
  RowDeletion,
  SubmittedRequest,
} from '#ca/api';
import type { RegistryValue, Restriction, ViewQuery } from '#ca/ports';
import type { CaRight } from '#ca/roles/rights';
import { call, type MethodTable, stream } from './method-table.ts';
import {
  boolean,
  bytes,
  date,
  either,
  list,
  literal,
  nothing,
  optional,
  record,
  type Shape,
  text,
  whole,
} from './shape.ts';

const REQUEST = record<SubmittedRequest>({ request: bytes, attributes: text, fullResponse: optional(boolean) });

const REGISTRY_VALUE: Shape<RegistryValue> = either(
  either(
    record<Extract<RegistryValue, { type: 'REG_SZ' }>>({ type: literal('REG_SZ'), data: text }),
    record<Extract<RegistryValue, { type: 'REG_DWORD' }>>({ type: literal('REG_DWORD'), data: whole }),
  ),
  either(
    record<Extract<RegistryValue, { type: 'REG_MULTI_SZ' }>>({ type: literal('REG_MULTI_SZ'), data: list(text) }),
    record<Extract<RegistryValue, { type: 'REG_BINARY' }>>({ type: literal('REG_BINARY'), data: bytes }),
  ),
);

const SETTING = record<RegistrySetting>({ path: text, name: text, value: REGISTRY_VALUE });

const VIEW_QUERY = record<ViewQuery>({
  table: literal('Requests', 'Extensions', 'Attributes', 'CRLs'),
  restrictions: optional(
    list(
      record<Restriction>({
        column: text,
        operator: literal('=', '!=', '<', '<=', '>', '>='),
        value: either(either(text, whole), either(either(bytes, date), nothing)),
      }),
    ),
  ),
  columns: optional(list(text)),
  sort: optional(record<NonNullable<ViewQuery['sort']>>({ column: text, descending: boolean })),
  limit: optional(whole),
});

const KRA_CHANGE = record<KeyRecoveryAgentsChange>({
  add: list(bytes),
  remove: list(text),
  used: optional(whole),
});

const RIGHT: Shape<CaRight> = literal('Administrator', 'Officer', 'Auditor', 'Operator', 'Read', 'Enroll');

const CRL_REQUEST = record<CrlRequest>({
  life: optional(whole),
  republish: optional(boolean),
  force: optional(boolean),
});

const RENEWAL = record<CaRenewal>({ reuseKey: boolean, force: optional(boolean) });

const EXTENSION = record<ExtensionSetting>({
  extnID: text,
  critical: boolean,
  disabled: boolean,
  extnValue: bytes,
  dataType: literal('long', 'date', 'string', 'binary'),
});

const ROW_DELETION: Shape<RowDeletion> = either(
  record<Extract<RowDeletion, { requestId: number }>>({ requestId: whole }),
  record<Exclude<RowDeletion, { requestId: number }>>({ which: literal('undecided', 'expired'), before: date }),
);

const RESTRICTION_KIND = literal('OfficerRights', 'EnrollmentAgentRights');

const RESTRICTION = record<OfficerRestriction>({
  type: literal('allow', 'deny'),
  subjects: list(text),
  template: optional(text),
});

export const AUTHORITY_METHODS: MethodTable<CertificationAuthority> = {
  ping: call(),
  submit: call(REQUEST),
  retrieve: call(either(whole, text)),
  resubmit: call(whole),
  deny: call(whole),
  setAttributes: call(whole, text),
  setExtension: call(whole, EXTENSION),
  deleteRows: call(ROW_DELETION),
  exchangeCertificate: call(),
  info: call(),
  searchArchivedKeys: call(text),
  getArchivedKey: call(whole),
  recoveryRecipients: call(whole),
  view: stream(VIEW_QUERY),
  registry: call(),
  setRegistry: call(SETTING),
  removeRegistry: call(text, text),
  importRegistry: call(bytes),
  renewCertificate: call(RENEWAL),
  roles: call(),
  auditLog: stream(),
  eventLog: stream(),
  templates: call(),
  setTemplates: call(list(text)),
  revoke: call(list(text), whole),
  publishCrl: call(optional(CRL_REQUEST)),
  setKeyRecoveryAgents: call(list(bytes), whole),
  changeKeyRecoveryAgents: call(KRA_CHANGE),
  keyRecoveryAgents: call(),
  setRights: call(text, list(RIGHT)),
  officerRestrictions: call(RESTRICTION_KIND),
  restrictOfficer: call(RESTRICTION_KIND, text, list(RESTRICTION)),
  liftOfficerRestrictions: call(RESTRICTION_KIND),
  shutdown: call(),
};
