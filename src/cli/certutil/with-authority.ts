import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import { chooseAuthority } from '../io/choose-authority.ts';
import type { CertutilContext } from './context.ts';

type Ports = Pick<CertutilContext, 'authorities' | 'console' | 'options'>;

/** Connects to the CA that -config names, else the machine's own or the one that is chosen, for as long as `use` takes. */
export async function withAuthority<T>(
  context: Ports & Pick<CertutilContext, 'connect'>,
  use: (authority: CertificationAuthority) => Promise<T>,
): Promise<T> {
  const authority = await context.connect(await chosenConfig(context));
  try {
    return await use(authority);
  } finally {
    await authority.close();
  }
}

/** The same with its configuration alone, which is there for a CA that does not start too. */
export async function withConfiguration<T>(
  context: Ports & Pick<CertutilContext, 'configuration'>,
  use: (configuration: CaConfiguration) => Promise<T>,
): Promise<T> {
  const opened = await context.configuration(await chosenConfig(context));
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

function chosenConfig({ authorities, console, options }: Ports): Promise<string | undefined> {
  return chooseAuthority({
    config: options.value('config'),
    known: authorities,
    isQuiet: options.has('silent'),
    console,
  });
}
