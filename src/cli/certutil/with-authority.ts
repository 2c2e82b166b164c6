import type { CertificationAuthority } from '#ca/api';
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
