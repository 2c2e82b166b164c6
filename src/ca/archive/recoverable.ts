import { DB_DISP } from '../schema/dispositions.ts';

/** Dispositions whose archived key may be asked for: its certificate is or was in use, this CA's or an imported one. */
export const RECOVERABLE: readonly number[] = [DB_DISP.ISSUED, DB_DISP.REVOKED, DB_DISP.FOREIGN];
