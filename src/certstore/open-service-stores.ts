import { join } from 'node:path';
import { listDirectory } from '#files/durable-file';
import { requireFolderName } from './folder-name.ts';
import { openCertificateStores } from './open-certificate-stores.ts';
import type { CertificateStores, ServiceStores } from './ports/certificate-store.ts';

export interface ServiceStoresOptions {
  /** Holds a directory a service. */
  readonly directory: string;
  readonly machine: CertificateStores;
}

/** The stores of service accounts. Names are compared without regard to case, as those of services are. */
export function openServiceStores({ directory, machine }: ServiceStoresOptions): ServiceStores {
  const services = () => listDirectory(directory);
  return {
    services,
    async of(service) {
      // Neither slash, as CreateService has it.
      const name = requireFolderName(service, 'a service', 'Name the service, such as CertSvc.');
      const known = (await services()).find((each) => each.toLowerCase() === name.toLowerCase());
      return openCertificateStores({ directory: join(directory, known ?? name), machine });
    },
  };
}
