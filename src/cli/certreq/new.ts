import { readExchangeCertificate } from '#enroll/exchange-certificate';
import { InfFile } from '#enroll/inf/inf-file';
import { type RequestPolicy, readRequestPolicy } from '#enroll/inf/request-policy';
import { newRequest } from '#enroll/new-request';
import type { CaClient, EnrollmentPorts } from '#enroll/ports';
import { hresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import type { Json } from '../io/verb.ts';
import { attributesOf, refuseOptions, withAuthority } from './authority.ts';
import type { CertreqContext } from './context.ts';
import { installedCertificate } from './installed-certificate.ts';
import { baseName, type OutputLabel, requireFree, writeOutput } from './output-files.ts';

/** `certreq -new PolicyFileIn RequestFileOut` */
export async function run(context: CertreqContext): Promise<Json> {
  const { args, console } = context;
  const [policyFile, outFile] = args as [string, string | undefined];
  refuseOptions(context);
  const inf = InfFile.parse(await console.readFile(policyFile), baseName(policyFile));
  const policy = readRequestPolicy(inf);
  if (outFile === undefined && policy.requestType !== 'Cert') {
    throw hresult('ERROR_INVALID_PARAMETER', 'The file for the request is missing.', {
      hint: 'certreq -new PolicyFileIn RequestFileOut',
    });
  }
  await requireFree(context, [outFile]);
  return policy.archive && !context.options.has('xchg')
    ? withAuthority(context, (ca) => make(context, policy, outFile, ca))
    : make(context, policy, outFile, undefined);
}

async function make(
  context: CertreqContext,
  policy: RequestPolicy,
  outFile: string | undefined,
  ca: CaClient | undefined,
): Promise<Json> {
  const { out } = context;
  const attributes = attributesOf(context);
  const ports = await enrollmentPorts(context, isMachine(context, policy));
  const xchgFile = context.options.value('xchg');
  const exchange =
    policy.archive && xchgFile !== undefined
      ? await readExchangeCertificate(await context.console.readFile(xchgFile), ports)
      : undefined;
  const made = await newRequest(policy, ports, { attributes, ca, exchange, signer: context.options.value('cert') });
  const label: OutputLabel = made.requestType === 'Cert' ? 'CERTIFICATE' : 'NEW CERTIFICATE REQUEST';
  try {
    if (outFile !== undefined) await writeOutput(context, outFile, label, made.request);
  } catch (error) {
    await made.discard();
    throw error;
  }
  const { provider, container } = made.keyLocation;
  const told = { requestType: made.requestType, requestFile: outFile, provider, container };
  if (made.requestType !== 'Cert') {
    out();
    out('CertReq: Request Created');
    return told;
  }
  const { lines, json } = await installedCertificate(decodeCertificate(made.request), ports.engine);
  for (const line of lines) out(line);
  return { ...told, certificate: json };
}

/** -machine and -user stand over MachineKeySet of the file. */
function isMachine({ options }: CertreqContext, policy: RequestPolicy): boolean {
  if (options.has('machine') && options.has('user')) throw hresult('ERROR_INVALID_PARAMETER', '-machine and -user.');
  return options.has('machine') || (policy.machineKeySet && !options.has('user'));
}

async function enrollmentPorts(context: CertreqContext, machine: boolean): Promise<EnrollmentPorts> {
  const { clock } = context;
  const [engine, stores, providers, retriever, client] = await Promise.all([
    context.engine(),
    context.stores(machine),
    context.providers(machine),
    context.retriever(),
    context.clientInfo(),
  ]);
  return { engine, clock, stores, providers, retriever, client };
}
