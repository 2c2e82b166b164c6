/**
 * A listener of `exit` for a process with a thread that hangs in a library. Node ends a process only once each of its threads
 * has come back to JavaScript, which that one never does: so the process is replaced by one that ends with the same code, and
 * is killed where the system has no such call.
 */
export function leaveHangingThreads(code: number): void {
  // What holds for this process by NODE_OPTIONS is nothing for the one that comes after it.
  if (process.execve) process.execve(process.execPath, [process.execPath, '-e', `process.exit(${code})`], {});
  process.kill(process.pid, 'SIGKILL');
}
