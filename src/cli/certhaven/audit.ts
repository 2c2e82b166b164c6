import { verifyAuditChain } from '#ca/audit/chain';
import { legacyEventId, meaningOf } from '#ca/audit/security-events';
import type { AuditEntry } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { eventIdOption } from './event-id.ts';
import { withConfiguration } from './with-configuration.ts';

export async function run(context: CommandContext): Promise<Json> {
  return withConfiguration(context, (configuration) =>
    context.flag('verify') ? verify(context, configuration.auditLog()) : list(context, configuration.auditLog()),
  );
}

async function list(context: CommandContext, entries: AsyncIterable<AuditEntry>): Promise<Json> {
  const wanted = eventIdOption(context);
  const listed: Json[] = [];
  for await (const { index, record, hash } of entries) {
    const { time, eventId, subject, outcome } = record;
    const legacy = legacyEventId(eventId);
    if (wanted !== undefined && wanted !== eventId && wanted !== legacy) continue;
    const fields = record.fields.map(([name, value]) => `${name}=${value.replaceAll('\n', '\\n')}`).join(', ');
    const ids = legacy === undefined ? `${eventId}` : `${eventId}/${legacy}`;
    context.out(
      `${index}  ${formatDate(time, { seconds: true })}  ${ids}  ${outcome}  ${subject}  ${meaningOf(eventId)}`,
    );
    if (fields !== '') context.out(`    ${fields}`);
    listed.push({
      index,
      time: time.toISOString(),
      eventId,
      legacyEventId: legacy,
      meaning: meaningOf(eventId),
      outcome,
      subject,
      fields: Object.fromEntries(record.fields),
      hash: formatHex(hash),
    });
  }
  return listed;
}

async function verify(context: CommandContext, entries: AsyncIterable<AuditEntry>): Promise<Json> {
  const noted = headOption(context);
  let isNotedMet = false;
  const { verified, head, broken } = await verifyAuditChain(watched(), (data) => context.sha256(data));
  if (broken !== undefined) {
    throw hresult(
      'NTE_BAD_SIGNATURE',
      `The audit chain breaks at entry ${broken.index}: ${verified} entries before it hold.`,
      {
        hint: 'compare with a backup: an entry was changed, inserted or removed there',
      },
    );
  }
  if (noted !== undefined && !isNotedMet) {
    throw hresult('NTE_BAD_SIGNATURE', `None of the ${verified} entries has the hash ${noted}.`, {
      hint: 'compare with a backup: entries were cut off at the end',
    });
  }
  context.out(`${verified} audit entries, the chain is whole.`);
  context.out(`Head: ${formatHex(head)}`);
  return { entries: verified, head: formatHex(head), isWhole: true };

  async function* watched(): AsyncGenerator<AuditEntry> {
    for await (const entry of entries) {
      isNotedMet ||= formatHex(entry.hash) === noted;
      yield entry;
    }
  }
}

/** `--head HASH`: a head that was noted before, which a chain that only grew still has. */
function headOption(context: CommandContext): string | undefined {
  const text = context.option('head')?.toLowerCase();
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  throw hresult('ERROR_INVALID_PARAMETER', `--head ${text} is no SHA-256 hash.`, {
    hint: 'note the head that certhaven audit --verify prints, and give it the next time',
  });
}
