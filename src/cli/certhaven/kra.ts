import { hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const isOff = context.flag('off');
  const files = context.arguments;
  if (isOff === files.length > 0)
    throw hresult('ERROR_INVALID_PARAMETER', 'Either certificates of key recovery agents, or --off.');
  const used = isOff ? 0 : usedOf(context.option('use') ?? '1');
  const certificates: Uint8Array[] = [];
  for (const file of files) certificates.push(decodePemOrDer(await context.console.readFile(file)));
  const authority = await context.connect(context.option('config'));
  try {
    await authority.setKeyRecoveryAgents(certificates, used);
  } finally {
    await authority.close();
  }
  context.out(isOff ? 'Key archival is off.' : `Each key is sealed to ${used} of ${files.length} key recovery agents.`);
  context.out('The CA loads its key recovery agents when it starts.');
  return { agents: files.length, used };
}

function usedOf(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw hresult('ERROR_INVALID_PARAMETER', `--use ${text} is no number of agents.`);
}
