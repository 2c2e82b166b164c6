/** `npm run check`: what to run before each commit. */
import { runChecks } from './run.ts';

await runChecks();
