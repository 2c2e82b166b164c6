import { type ResealJob, resealKey } from '#ca/archive/reseal-key';
import { wipe } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { serveCalls } from '#threads/serve-calls';

serveCalls(async (job: ResealJob) => {
  try {
    return { result: await resealKey(job, nodeEngine) };
  } finally {
    // It came as a copy of its own.
    wipe(job.contentKey);
  }
});
