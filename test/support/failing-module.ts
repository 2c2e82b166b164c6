/** The module of `failing-module.cpp`, built in the folder of a SoftToken and set before its SoftHSM. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SoftToken } from './soft-token.ts';

export interface FailingModule {
  readonly path: string;
  /** As the head of `failing-module.cpp` has it; undefined for no fault. */
  fail(fault: string | undefined): void;
  /** Lets a call that hangs once come back, or none before it is let go. */
  hold(isHeld: boolean): void;
}

export function failingModule(soft: SoftToken): FailingModule {
  const path = join(soft.directory, 'failing-module.so');
  const faults = join(soft.directory, 'faults');
  const includes = join(import.meta.dirname, '..', '..', 'node_modules', 'pkcs11js', 'includes');
  const source = join(import.meta.dirname, 'failing-module.cpp');
  execFileSync('g++', ['-shared', '-fPIC', '-O1', '-w', '-I', includes, source, '-o', path, '-ldl']);
  process.env['FAILING_MODULE_BEHIND'] = soft.module;
  process.env['FAILING_MODULE_FAULTS'] = faults;
  return {
    path,
    fail(fault) {
      if (fault === undefined) rmSync(faults, { force: true });
      else writeFileSync(faults, `${fault}\n`);
    },
    hold(isHeld) {
      if (isHeld) writeFileSync(`${faults}.hang`, '');
      else rmSync(`${faults}.hang`, { force: true });
    },
  };
}
