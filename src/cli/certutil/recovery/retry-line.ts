import type { CertutilContext } from '../context.ts';

/** The command as it was typed, but under another provider: the line to type where the provider was the fault. */
export function retryLine(
  { args, options }: Pick<CertutilContext, 'args' | 'options'>,
  verb: string,
  provider: string,
): string {
  const quote = (word: string): string => (/\s/.test(word) ? `"${word}"` : word);
  const switches = (['f', 'user'] as const).filter((name) => options.has(name)).map((name) => `-${name}`);
  return ['certutil', ...switches, '-csp', `"${provider}"`, `-${verb}`, ...args.map(quote)].join(' ');
}
