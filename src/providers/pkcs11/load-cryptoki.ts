import { createRequire } from 'node:module';
import { hresult } from '#hresult/hresult-error';
import type { Cryptoki } from './cryptoki.ts';

const PACKAGE = 'pkcs11js';

/**
 * The module behind `path`, loaded into this process and not started. Throws ERROR_MOD_NOT_FOUND where the package that
 * speaks to modules is not built here, NTE_PROV_DLL_NOT_FOUND for a file that is no module.
 */
export function loadCryptoki(path: string): Cryptoki {
  const cryptoki = new (loadPackage().PKCS11)();
  try {
    cryptoki.load(path);
  } catch (cause) {
    throw hresult('NTE_PROV_DLL_NOT_FOUND', `${path}: ${cause instanceof Error ? cause.message : cause}.`, {
      hint: "name the PKCS #11 module of the token's maker, a shared library; SoftHSM's is libsofthsm2.so",
      cause,
    });
  }
  return cryptoki;
}

function loadPackage(): { readonly PKCS11: new () => Cryptoki } {
  try {
    return createRequire(import.meta.url)(PACKAGE);
  } catch (cause) {
    throw hresult('ERROR_MOD_NOT_FOUND', `The package ${PACKAGE}, which speaks to PKCS #11 modules, is not there.`, {
      hint: 'in a checkout npm run pkcs11 builds it; beside an installed package npm install pkcs11js does',
      cause,
    });
  }
}
