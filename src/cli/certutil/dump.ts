import { decodePemOrDer } from '#pki/asn1/pem';
import { isSerializedStore } from '#pki/x509/serialized-store';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { type DumpPorts, Page } from './dump/page.ts';
import { printStructure } from './dump/structure.ts';
import { dumpConfiguration } from './dump-configuration.ts';
import { existingPassword } from './pfx/password.ts';
import { agentKeys } from './recovery/agent-keys.ts';
import { readStoreFile } from './store/file.ts';
import { foundJson, printFound } from './store/found.ts';
import { templateLookup } from './template/lookup.ts';
import { dateStyle } from './text/date-style.ts';

/** `certutil [-dump] [File]`: what a file holds, whatever it is; without a file the configuration of the CA. */
export async function run(context: CertutilContext): Promise<Json> {
  const [file] = context.args;
  if (file === undefined) return dumpConfiguration(context);
  const read = await context.console.readFile(file);
  if (isSerializedStore(read)) {
    const store = await context.fileStore(file, readStoreFile(read));
    const found = {
      certificates: await store.list(),
      crls: await store.listCrls(),
      ctls: await store.listCtls(),
      damaged: await store.listDamaged(),
    };
    await printFound(context, store, found);
    return { type: 'serializedStore', ...foundJson(store, found) };
  }
  const bytes = decodePemOrDer(read);
  return printStructure(await openPage(context), bytes, () => existingPassword(context));
}

/** What the options of a command make of its output: -v, -privatekey, -split, -gmt, -seconds. */
export async function openPage(context: CertutilContext): Promise<Page> {
  const { options, out } = context;
  const style = { ...dateStyle(options), verbose: options.has('v'), showPrivateKey: options.has('privatekey') };
  return new Page(await dumpPorts(context), style, out);
}

async function dumpPorts(context: CertutilContext): Promise<DumpPorts> {
  const { console, options } = context;
  const overwrite = options.has('f');
  return {
    engine: await context.engine(),
    template: templateLookup(context),
    recipientKeys: options.has('privatekey') ? await agentKeys(context) : undefined,
    ...(options.has('split') && {
      saveElement: (name: string, der: Uint8Array) => console.writeFile(name, der, { overwrite }),
    }),
  };
}
