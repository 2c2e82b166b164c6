#!/usr/bin/env node
// Runs a script of this project on Node 24: `node bin/launch.js tools/test.ts`.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { findNode, missingNode } from './find-node.js';

/** Runs `script` in this process where its Node is new enough, else in a child whose end becomes ours. */
export function launch(script, args) {
  const node = findNode();
  if (node === undefined) {
    process.stderr.write(missingNode);
    process.exitCode = 1;
    return;
  }
  if (node === process.execPath) {
    process.argv = [node, script, ...args];
    import(pathToFileURL(script).href);
    return;
  }
  const child = spawn(node, [script, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

if (process.argv[1]?.endsWith('launch.js')) {
  const [script, ...args] = process.argv.slice(2);
  launch(script, args);
}
