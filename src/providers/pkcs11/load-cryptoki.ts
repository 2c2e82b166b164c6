import { createRequire } from 'node:module';
import { hresult } from '#hresult/hresult-error';
import type { Cryptoki } from './cryptoki.ts';

/**
 * The module behind `path`, loaded into this process and not started. Throws ERROR_MOD_NOT_FOUND where the package that
 * speaks to modules is not built here, NTE_PROV_DLL_NOT_FOUND for a file that is no module.
 */
export function loadCryptoki(path: string, packageName = 'pkcs11js'): Cryptoki {
  const cryptoki = new (loadPackage(packageName).PKCS11)();
  try {
    cryptoki.load(path);
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause);
    throw hresult('NTE_PROV_DLL_NOT_FOUND', `${told.startsWith(path) ? '' : `${path}: `}${told}.`, {
      hint: "name the PKCS #11 module of the token's maker, a shared library; SoftHSM's is libsofthsm2.so",
      cause,
    });
  }
  return cryptoki;
}

function loadPackage(name: string): { readonly PKCS11: new () => Cryptoki } {
  try {
    return createRequire(import.meta.url)(name);
  } catch (cause) {
    throw hresult('ERROR_MOD_NOT_FOUND', `The package ${name}, which speaks to PKCS #11 modules, is not there.`, {
      hint: 'in a checkout npm run pkcs11 builds it; beside an installed package npm install pkcs11js does',
      cause,
    });
  }
}
