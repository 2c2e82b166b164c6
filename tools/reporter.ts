/** Prints what failed, whole, and the counts at the end; passing tests stay silent. */
import type { TestEvent } from 'node:test/reporters';

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type === 'test:fail') {
      const { name, file, line, details } = event.data;
      const cause = details.error.cause ?? details.error;
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      // A suite fails because a test in it failed, which has been printed already.
      if ('failureType' in details.error && details.error.failureType === 'subtestsFailed') continue;
      yield `\nnot ok: ${name}\n  at ${file ?? '?'}:${line ?? 0}\n${text.replace(/^/gm, '  ')}\n`;
    } else if (event.type === 'test:stderr' || event.type === 'test:stdout') {
      yield event.data.message;
    } else if (
      event.type === 'test:diagnostic' &&
      /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(event.data.message)
    ) {
      yield `# ${event.data.message}\n`;
    }
  }
}
