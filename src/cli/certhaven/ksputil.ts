/** `certhaven ksputil`: whose keys a token holds, and a key's way to another machine; what Securosys' ksputilcons does and prints. */
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext, OwnedObject, TokenProviders } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [word, ...rest] = context.arguments;
  const providers = await context.tokenProviders();
  if (word === 'enumkeys' && rest.length === 0) return enumerate(context, providers);
  if (word === 'createtestkey' && rest.length === 0) return createTestKey(context, providers);
  if (word === 'chkeysowner' && rest.length === 3) {
    const [container, from, to] = rest as [string, string, string];
    return changeOwner(context, providers, { container, from, to });
  }
  throw wrong(`certhaven ksputil ${context.arguments.join(' ')}: this is not understood.`);
}

async function enumerate(context: CommandContext, providers: TokenProviders): Promise<Json> {
  const { out } = context;
  const { objects, machine, caller } = await providers.objects(await chosen(context, providers));
  out('Enumerating. Please wait ....');
  const everybody = context.flag('all');
  const owners = [...new Set(objects.map(({ owner }) => owner))].sort();
  const shown = owners.filter((owner) => everybody || owner === machine || owner === caller);
  for (const owner of shown) {
    const heading = `Owner: ${owner === '' ? '(none)' : owner}${owner === machine ? ' (Machine)' : ''}`;
    const line = '-'.repeat(heading.length);
    for (const text of ['', line, heading, line]) out(text);
    for (const object of objects.filter((each) => each.owner === owner)) for (const text of lines(object)) out(text);
  }
  return shown.map((owner) => ({
    owner,
    isMachine: owner === machine,
    objects: objects.filter((object) => object.owner === owner).map(objectJson),
  }));
}

async function createTestKey(context: CommandContext, providers: TokenProviders): Promise<Json> {
  const name = await chosen(context, providers);
  const made = await providers.createTestKey(name, context.flag('machine'));
  context.out(`${made.container} ${made.isNew ? 'made' : 'is there'}, owner ${made.owner}.`);
  return { ...made };
}

async function changeOwner(
  context: CommandContext,
  providers: TokenProviders,
  change: { readonly container: string; readonly from: string; readonly to: string },
): Promise<Json> {
  const { container, from, to } = change;
  for (const sid of [from, to]) if (!/^S-1(-\d+)+$/.test(sid)) throw wrong(`${sid} is no SID.`);
  if (from === to) throw wrong('The old owner and the new one are the same.');
  const renamed = await providers.changeOwner(await chosen(context, providers), change);
  if (context.flag('verbose'))
    for (const object of renamed) context.out(`${object.type} ${from}/${container} renamed.`);
  context.out(renamed.length === 0 ? `${container} is owned by ${to} already.` : `${container} is owned by ${to} now.`);
  context.out('Signature test passed');
  return { container, from, to, renamed: renamed.map(objectJson) };
}

/** --csp, or the only one there is. */
async function chosen(context: CommandContext, providers: TokenProviders): Promise<string> {
  const named = context.option('csp');
  if (named !== undefined) return named;
  const [only, other] = await providers.list();
  if (only !== undefined && other === undefined) return only.name;
  if (only === undefined)
    throw hresult('NTE_KEYSET_NOT_DEF', 'No provider over a token is named.', { hint: 'certhaven provider add' });
  throw hresult('ERROR_INVALID_PARAMETER', 'Several providers over tokens are named.', {
    hint: 'name one: --csp NAME',
  });
}

function lines({ container, algorithm, bits, type }: OwnedObject): string[] {
  const size = bits === undefined ? '' : `${bits} bit, `;
  return [
    '',
    `+ Key name:                     ${container}`,
    `  Algorithm, size, type:        ${algorithm}, ${size}${type}`,
  ];
}

function objectJson({ container, algorithm, bits, type }: OwnedObject): { readonly [key: string]: Json | undefined } {
  return { container, algorithm, bits, type };
}

function wrong(detail: string): HresultError {
  return hresult('ERROR_INVALID_PARAMETER', detail, { hint: 'certhaven ksputil --help tells the forms' });
}
