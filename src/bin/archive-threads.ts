import type { ResealJob } from '#ca/archive/reseal-key';
import type { KeyArchiver } from '#ca/ports';
import { ThreadPool } from '#threads/thread-pool';

export interface ArchiveThreads extends KeyArchiver {
  close(): Promise<void>;
}

/** Takes keys over in threads of their own: the thread that serves never holds a user's private key in clear. */
export function archiveThreads(size: number): ArchiveThreads {
  const pool = new ThreadPool<ResealJob, Uint8Array>('archive', import.meta.url, { size });
  return {
    reseal: (job) => {
      // Moved, not copied: the message would keep what nobody can wipe.
      const contentKey = Uint8Array.from(job.contentKey);
      return pool.call({ ...job, contentKey }, [contentKey.buffer]);
    },
    close: () => pool.close(),
  };
}
