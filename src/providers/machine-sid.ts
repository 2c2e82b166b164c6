/**
 * The SID that stands for the machine where it owns keys beside other machines' in one token: as Windows has it,
 * `S-1-5-21-a-b-c`. Ours is made of the machine's GUID, so that both are one thing to keep.
 */
export function machineSid(machineGuid: string): string {
  const digits = machineGuid.replaceAll('-', '');
  const words = [0, 8, 16].map((at) => Number.parseInt(digits.slice(at, at + 8), 16));
  return `S-1-5-21-${words.join('-')}`;
}
