import { describe, test } from 'node:test';
import { engineSuite } from '../engine.suite.ts';
import { nodeEngine } from './engine.ts';

describe('node engine', () => {
  for (const check of engineSuite(nodeEngine)) test(check.name, () => check.run());
});
