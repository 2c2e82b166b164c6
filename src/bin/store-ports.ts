import type { StorePorts } from '#cli/certutil/context';
import type { JoinedMachine } from './joined-machine.ts';
import type { Machine } from './machine.ts';

/** Stores and keys of this machine; its code is loaded with the first of them that is asked for. */
export function storePorts(machine: () => Promise<Machine | JoinedMachine>): StorePorts {
  return {
    engine: async () => (await import('#pki/crypto/node/engine')).nodeEngine,
    stores: async (ofMachine) => (await machine()).keys.stores(ofMachine),
    enterpriseStores: async () => (await machine()).keys.enterpriseStores(),
    serviceStores: async () => (await machine()).keys.serviceStores(),
    publishedStore: async (url, ofMachine) => (await machine()).keys.publishedStore(url, ofMachine),
    fileStore: async (name, elements) => (await import('#certstore/file-store')).openFileStore(name, elements),
    providers: async (machineKeyset, passwords) => (await machine()).keys.providers(machineKeyset, passwords),
    retriever: async (timeout) => (await machine()).retriever(timeout),
  };
}
