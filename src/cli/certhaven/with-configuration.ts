import type { CaConfiguration } from '#ca/api';
import type { CommandContext } from './context.ts';

/** The configuration and logs of the CA that --config names, else of the machine's own; they are read whether it starts or not. */
export async function withConfiguration<T>(
  { configuration, option }: Pick<CommandContext, 'configuration' | 'option'>,
  use: (configuration: CaConfiguration) => Promise<T>,
): Promise<T> {
  const opened = await configuration(option('config'));
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
