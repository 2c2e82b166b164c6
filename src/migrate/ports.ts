import type { AuthorityPorts } from '#ca/ports';
import type { CertificateStores } from '#certstore/ports/certificate-store';

/** What moving a CA's keys needs: the CA at rest, its machine's stores with their properties, and where its files are. */
export interface MigrationPorts extends AuthorityPorts {
  readonly certificateStores: CertificateStores;
  readonly places: MigrationPlaces;
}

/** Absolute paths. */
export interface MigrationPlaces {
  /** All of the machine's folders, which are looked through for left-over key files. */
  readonly home: string;
  /** Written to by the move. */
  readonly written: readonly string[];
  /** Published to everybody: no place for a key. */
  readonly published: string;
  /** Where the journal is kept while keys are moved. */
  readonly journal: string;
}
