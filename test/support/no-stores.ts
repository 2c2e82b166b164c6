import { openFileStore } from '#certstore/file-store';
import type { CertutilPorts } from '#cli/certutil/context';
import { hresult } from '#hresult/hresult-error';

const refuse = async (): Promise<never> => {
  throw hresult('ERROR_NOT_SUPPORTED');
};

/** For tests of verbs that look at no stores but the machine's and the user's. */
export const NO_OTHER_STORES: Pick<
  CertutilPorts,
  'enterpriseStores' | 'serviceStores' | 'publishedStore' | 'fileStore' | 'retriever'
> = {
  enterpriseStores: refuse,
  serviceStores: refuse,
  publishedStore: refuse,
  fileStore: async (name, elements) => openFileStore(name, elements),
  retriever: refuse,
};
