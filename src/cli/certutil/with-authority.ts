import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import type { CertutilContext } from './context.ts';

/** Connects to the CA that -config names, else the machine's own, for as long as `use` takes. */
export async function withAuthority<T>(
  { connect, options }: Pick<CertutilContext, 'connect' | 'options'>,
  use: (authority: CertificationAuthority) => Promise<T>,
): Promise<T> {
  const authority = await connect(options.value('config'));
  try {
    return await use(authority);
  } finally {
    await authority.close();
  }
}

/** The same with its configuration alone, which is there for a CA that does not start too. */
export async function withConfiguration<T>(
  { configuration, options }: Pick<CertutilContext, 'configuration' | 'options'>,
  use: (configuration: CaConfiguration) => Promise<T>,
): Promise<T> {
  const opened = await configuration(options.value('config'));
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
