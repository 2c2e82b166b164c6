import type { OptionTable } from '../io/option.ts';

/** The options of certreq, in the order its help shows them. Meanings are those of Microsoft's certreq reference. */
export const CERTREQ_OPTIONS = {
  attrib: { value: 'AttributeString', summary: 'Request attributes: "Name:Value\\nName2:Value2"' },
  binary: { summary: 'Write DER instead of base 64' },
  config: { value: 'Machine\\CAName', summary: 'The certification authority; - is the default one' },
  user: { summary: 'Use the keys and certificate stores of the current user' },
  machine: { summary: 'Use the keys and certificate stores of the machine' },
  AdminForceMachine: { summary: 'Submit as the account of the machine' },
  rpc: { summary: 'RPC instead of DCOM: there is one way to a CA here, and it is taken' },
  crl: { summary: 'Ask for CRLs in the answer' },
  cert: { value: 'CertId', summary: 'The signing certificate' },
  noEKU: { summary: 'The signing certificate need not be for Certificate Request Agents' },
  HashAlgorithm: { value: 'HashAlgorithm', summary: 'The hash that is signed: sha256, sha384 or sha512' },
  AlternateSignatureAlgorithm: { summary: 'Sign with RSASSA-PSS' },
  RenewOnBehalfOf: { summary: 'Renew for the subject of the signing certificate' },
  NoChallenge: { summary: 'Answer no challenge of the CA' },
  pin: { value: 'PIN', summary: 'PIN of the smart card' },
  xchg: { value: 'ExchangeCertFile', summary: 'CA exchange certificate' },
  PolicyServer: { value: 'URLOrId', summary: 'The policy server' },
  Anonymous: { summary: 'Use anonymous credentials' },
  Kerberos: { summary: 'Use Kerberos credentials' },
  ClientCertificate: { value: 'ClientCertId', summary: 'Use a certificate as credential' },
  UserName: { value: 'UserName', summary: 'Use a named account' },
  p: { value: 'Password', summary: 'Password of the named account' },
  f: { summary: 'Force overwrite', everywhere: true },
  q: { summary: 'Ask nothing', everywhere: true },
  v: { summary: 'Verbose operation', everywhere: true },
  any: { summary: 'Let the CA determine the kind of request', everywhere: true },
  Unicode: { summary: 'Write redirected output in Unicode', everywhere: true },
  UnicodeText: { summary: 'Write output files in Unicode', everywhere: true },
} as const satisfies OptionTable<string>;

export type CertreqOption = keyof typeof CERTREQ_OPTIONS;
