import { describe, test } from 'node:test';
import { engineSuite } from '../engine.suite.ts';
import { webEngine } from './engine.ts';

describe('web engine', () => {
  for (const check of engineSuite(webEngine(globalThis.crypto))) test(check.name, () => check.run());
});
