import type { AuthorityPorts, CaDatabase } from '#ca/ports';
import type { CertificateStores, ServiceStores } from '#certstore/ports/certificate-store';

/** What looking at a CA needs: it is at rest or runs, and nothing is written. */
export interface DoctorPorts extends Pick<AuthorityPorts, 'clock' | 'engine' | 'providers' | 'retriever' | 'stores'> {
  /** Of the CA itself, or through its service. */
  readonly database: Pick<CaDatabase, 'registry' | 'view' | 'events'>;
  /** The machine's, with the properties of their entries. */
  readonly certificateStores: CertificateStores;
  /** Of the enterprise, with what the directory publishes. */
  readonly enterpriseStores?: CertificateStores;
  /** Of service accounts, whose keys are among those of the machine. */
  readonly serviceStores?: ServiceStores;
  readonly places: DoctorPlaces;
  /** The service of this home runs. */
  readonly isRunning: boolean;
}

/** Absolute paths. */
export interface DoctorPlaces {
  /** All of the machine's folders, which are looked through for left-over key files. */
  readonly home: string;
  /** Others that are looked through for the same. */
  readonly folders?: readonly string[];
  /** Folders and files that are their owner's alone, with what is in them; some may not be there. */
  readonly private: readonly string[];
  /** Published to everybody: no place for a key. */
  readonly published: string;
  /** There while a move of keys is under way. */
  readonly journal: string;
}
