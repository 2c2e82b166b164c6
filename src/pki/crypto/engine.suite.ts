/** The contract of CryptoEngine as checks that run anywhere: under node:test over both engines, and in a browser. */
import type { CryptoEngine } from './engine.ts';
import { badKeyChecks } from './suite/bad-key.suite.ts';
import type { EngineCheck } from './suite/check.suite.ts';
import { cipherChecks } from './suite/cipher.suite.ts';
import { digestChecks } from './suite/digest.suite.ts';
import { ecChecks } from './suite/ec.suite.ts';
import { rsaChecks } from './suite/rsa.suite.ts';

export function engineSuite(engine: CryptoEngine): readonly EngineCheck[] {
  return [
    ...digestChecks(engine),
    ...cipherChecks(engine),
    ...rsaChecks(engine),
    ...ecChecks(engine),
    ...badKeyChecks(engine),
  ];
}
