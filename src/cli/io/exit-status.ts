/** What a POSIX shell sees of an exit code: its low byte, but never 0 where the command failed. */
export function exitStatus(code: number): number {
  return code === 0 ? 0 : code & 0xff || 1;
}
