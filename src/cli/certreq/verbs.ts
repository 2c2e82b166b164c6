import type { Verb } from '../io/verb.ts';
import type { CertreqContext } from './context.ts';
import type { CertreqOption } from './options.ts';

const TRANSPORT: readonly CertreqOption[] = [
  'binary',
  'config',
  'PolicyServer',
  'Anonymous',
  'Kerberos',
  'ClientCertificate',
  'UserName',
  'p',
  'crl',
  'rpc',
  'AdminForceMachine',
];

/** The verbs of certreq in the order its list shows them; a module is loaded when its verb runs. */
export const CERTREQ_VERBS: readonly Verb<CertreqContext, CertreqOption>[] = [
  {
    verb: 'submit',
    canonical: 'Submit',
    usage: ['[RequestFileIn [CertFileOut [CertChainFileOut [FullResponseFileOut]]]]'],
    summary: 'Submit a request to a certification authority',
    group: 'requests',
    minArgs: 1,
    maxArgs: 4,
    options: ['attrib', ...TRANSPORT, 'RenewOnBehalfOf', 'NoChallenge'],
    load: () => import('./submit.ts'),
  },
  {
    verb: 'retrieve',
    canonical: 'Retrieve',
    usage: ['RequestId [CertFileOut [CertChainFileOut [FullResponseFileOut]]]'],
    summary: 'Retrieve the answer to a previous request',
    group: 'requests',
    minArgs: 1,
    maxArgs: 4,
    options: TRANSPORT,
    load: () => import('./retrieve.ts'),
  },
  {
    verb: 'new',
    canonical: 'New',
    usage: ['PolicyFileIn RequestFileOut'],
    summary: 'Create a new request as an INF file asks for it',
    group: 'requests',
    minArgs: 1,
    maxArgs: 2,
    options: ['attrib', 'user', 'machine', 'cert', 'pin', 'xchg', ...TRANSPORT],
    load: () => import('./new.ts'),
  },
  {
    verb: 'accept',
    canonical: 'Accept',
    usage: ['[CertChainFileIn | FullResponseFileIn | CertFileIn]'],
    summary: 'Accept and install the answer to a request',
    group: 'requests',
    minArgs: 1,
    maxArgs: 1,
    options: ['user', 'machine', 'pin'],
    load: () => import('./accept.ts'),
  },
  {
    verb: 'sign',
    canonical: 'Sign',
    usage: ['RequestFileIn RequestFileOut'],
    summary: 'Sign a request as an enrollment agent or registration authority',
    details: ['Without -cert: the one certificate in My for Certificate Request Agents'],
    group: 'requests',
    minArgs: 2,
    maxArgs: 2,
    options: ['binary', 'cert', 'pin', 'crl', 'noEKU', 'HashAlgorithm', 'user', 'machine'],
    load: () => import('./sign.ts'),
  },
];
