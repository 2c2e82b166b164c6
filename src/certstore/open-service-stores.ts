import { join } from 'node:path';
import { listDirectory } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
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
      const name = requireServiceName(service);
      const known = (await services()).find((each) => each.toLowerCase() === name.toLowerCase());
      return openCertificateStores({ directory: join(directory, known ?? name), machine });
    },
  };
}

/** Neither slash, as CreateService has it; short enough for a file's name, and no name that files take for something else. */
function requireServiceName(name: string): string {
  const trimmed = name.trim();
  if (/^(?!\.)[^/\\\p{Cc}]{1,80}$/u.test(trimmed) && !trimmed.endsWith('.')) return trimmed;
  throw hresult('ERROR_INVALID_NAME', `"${name}" is no name of a service.`, {
    hint: 'Name the service, such as CertSvc.',
  });
}
