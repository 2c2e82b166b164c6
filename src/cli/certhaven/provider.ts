/** `certhaven provider`: key storage providers over PKCS #11 tokens, by name. */
import { resolve } from 'node:path';
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { errorJson } from '../io/error-json.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext, FoundToken, TokenProvider } from './context.ts';

const DEFAULT_SESSIONS = 4;
const DEFAULT_TIMEOUT = 60;

export async function run(context: CommandContext): Promise<Json> {
  const [word, ...rest] = context.arguments;
  if (word === 'add' && rest.length <= 1) return add(context, rest[0]);
  if (word === 'remove' && rest.length === 1) return remove(context, rest[0]!);
  if (word === undefined || (word === 'list' && rest.length === 0)) return list(context);
  throw wrong(`certhaven provider ${context.arguments.join(' ')}: this is not understood.`);
}

async function add(context: CommandContext, name: string | undefined): Promise<Json> {
  const provider = wanted(context, name);
  const found = await (await context.tokenProviders()).add(provider);
  context.out(`${provider.name} added.`);
  for (const line of tokenLines(found)) context.out(line);
  return { ...providerJson(provider), found: { ...found } };
}

/** Throws ERROR_INVALID_PARAMETER. */
function wanted(context: CommandContext, name: string | undefined): TokenProvider {
  const module = context.option('module');
  const token = context.option('token');
  if (module === undefined || token === undefined) throw wrong('A provider needs --module and --token.');
  const owner = context.option('owner');
  const sessions = context.option('sessions') ?? String(DEFAULT_SESSIONS);
  if (!isNumberUpTo(64, sessions)) throw wrong(`--sessions ${sessions} is no number from 1 to 64.`);
  const timeout = context.option('timeout') ?? String(DEFAULT_TIMEOUT);
  if (!isNumberUpTo(3600, timeout)) throw wrong(`--timeout ${timeout} is no number of seconds from 1 to 3600.`);
  return {
    name: name ?? `PKCS#11 ${token} Key Storage Provider`,
    module: resolve(module),
    token,
    pin: pinOf(context),
    sessions: Number(sessions),
    timeout: Number(timeout),
    ...(owner !== undefined && { owner }),
  };
}

function isNumberUpTo(most: number, text: string): boolean {
  return /^[1-9][0-9]{0,3}$/.test(text) && Number(text) <= most;
}

function pinOf(context: CommandContext): TokenProvider['pin'] {
  const file = context.option('pin-file');
  const environment = context.option('pin-env');
  const sources: TokenProvider['pin'][] = [
    ...(file === undefined ? [] : [{ file: resolve(file) }]),
    ...(environment === undefined ? [] : [{ environment }]),
    ...(context.flag('pin-prompt') ? [{ prompt: true } as const] : []),
  ];
  const [source, other] = sources;
  if (source !== undefined && other === undefined) return source;
  throw wrong('Where the PIN is has to be said once: --pin-file, --pin-env or --pin-prompt.');
}

async function remove(context: CommandContext, name: string): Promise<Json> {
  const removed = await (await context.tokenProviders()).remove(name);
  context.out(`${removed.name} removed; its keys stay in the token ${removed.token}.`);
  return providerJson(removed);
}

async function list(context: CommandContext): Promise<Json> {
  const providers = await context.tokenProviders();
  const all = await providers.list();
  if (all.length === 0) context.out('No provider over a PKCS #11 token is named: certhaven provider add');
  const listed: Json[] = [];
  for (const provider of all) {
    const { name, module, token, sessions, timeout = DEFAULT_TIMEOUT, owner } = provider;
    context.out(name);
    context.out(`  Module: ${module}`);
    context.out(`  Token: ${token}`);
    context.out(`  PIN: ${pinText(provider.pin)}`);
    context.out(`  Sessions: ${sessions}`);
    context.out(`  Timeout: ${timeout} seconds`);
    if (owner !== undefined) context.out(`  Owner: ${owner === '' ? 'none' : owner}`);
    if (!context.flag('check')) {
      listed.push(providerJson(provider));
      continue;
    }
    const found = await providers.check(name).catch(faultOf);
    if (found instanceof HresultError) {
      context.out(`  Cannot be used: ${formatHresult(found.hresult)} ${found.detail ?? ''}`);
      if (found.hint !== undefined) context.out(`  ${found.hint}`);
      listed.push({ ...providerJson(provider), error: errorJson(found) });
    } else {
      for (const line of tokenLines(found)) context.out(line);
      listed.push({ ...providerJson(provider), found: { ...found } });
    }
  }
  return listed;
}

function tokenLines({ manufacturer, model, serialNumber, keys }: FoundToken): string[] {
  const what = [manufacturer, model, serialNumber && `serial number ${serialNumber}`].filter((text) => text !== '');
  return [`  Found: ${what.join(', ')}`, `  Keys of this machine: ${keys}`];
}

function pinText(pin: TokenProvider['pin']): string {
  if ('file' in pin) return `in ${pin.file}`;
  return 'environment' in pin ? `in the variable ${pin.environment}` : 'asked for';
}

function providerJson({ pin, ...provider }: TokenProvider): { readonly [key: string]: Json | undefined } {
  return { ...provider, pin: { ...pin } };
}

function faultOf(thrown: unknown): HresultError {
  if (thrown instanceof HresultError) return thrown;
  throw thrown;
}

function wrong(detail: string): HresultError {
  return hresult('ERROR_INVALID_PARAMETER', detail, { hint: 'certhaven provider --help tells the forms' });
}
