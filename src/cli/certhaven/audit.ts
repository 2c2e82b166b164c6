import { verifyAuditChain } from '#ca/audit/chain';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  return context.flag('verify') ? verify(context) : list(context);
}

async function list(context: CommandContext): Promise<Json> {
  const listed: Json[] = [];
  for await (const { index, record, hash } of context.auditEntries()) {
    const fields = record.fields.map(([name, value]) => `${name}=${value}`).join(', ');
    context.out(
      `${index}  ${formatDate(record.time, { seconds: true })}  ${record.eventId}  ${record.outcome}  ${record.subject}  ${fields}`,
    );
    listed.push({
      index,
      time: record.time.toISOString(),
      eventId: record.eventId,
      outcome: record.outcome,
      subject: record.subject,
      fields: Object.fromEntries(record.fields),
      hash: formatHex(hash),
    });
  }
  return listed;
}

async function verify(context: CommandContext): Promise<Json> {
  const { verified, head, broken } = await verifyAuditChain(context.auditEntries(), (data) => context.sha256(data));
  if (broken !== undefined) {
    throw hresult(
      'NTE_BAD_SIGNATURE',
      `The audit chain breaks at entry ${broken.index}: ${verified} entries before it hold.`,
      {
        hint: 'compare with a backup: an entry was changed, inserted or removed there',
      },
    );
  }
  context.out(`${verified} audit entries, the chain is whole.`);
  context.out(`Head: ${formatHex(head)}`);
  return { entries: verified, head: formatHex(head), isWhole: true };
}
