import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { parseRequestId } from './request-id.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -setattributes RequestId "Name:Value\nName:Value"`: the two characters `\n` part them, and so do line ends. */
export async function run(context: CertutilContext): Promise<Json> {
  const requestId = parseRequestId(context.args[0]!);
  const attributes = context.args[1]!.replaceAll('\\n', '\n');
  await withAuthority(context, (authority) => authority.setAttributes(requestId, attributes));
  return { requestId, attributes: attributes.split(/\r?\n/).filter((line) => line.trim() !== '') };
}
