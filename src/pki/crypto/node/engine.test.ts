import { after, describe, test } from 'node:test';
import { engineSuite } from '../engine.suite.ts';
import { createNodeEngine, nodeEngine } from './engine.ts';

describe('node engine', () => {
  for (const check of engineSuite(nodeEngine)) test(check.name, () => check.run());
});

describe('node engine with threads', () => {
  const engine = createNodeEngine({ threads: 2 });
  after(() => engine.close());
  for (const check of engineSuite(engine)) test(check.name, () => check.run());
});
