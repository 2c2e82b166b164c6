import { formatHex } from '#pki/asn1/bytes';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

/** What others compare before they join. */
export async function run(context: CommandContext): Promise<Json> {
  const authority = await context.connect(context.option('config'));
  try {
    const newest = (await authority.info()).certificates.at(-1)!;
    const sha256 = formatHex(context.sha256(newest.certificate));
    context.out(sha256);
    return { config: authority.config, sha256 };
  } finally {
    await authority.close();
  }
}
