/** The contract of key storage providers, over a token of SoftHSM2. */
import { after } from 'node:test';
import { nodeEngine } from '#pki/crypto/node/engine';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import { describeProvider } from '#providers/provider.suite';
import { providersByName } from '#providers/providers-by-name';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { softToken, TOKEN } from '../support/soft-token.ts';

const token = softToken();
const modules = new Pkcs11Modules(
  nodeEngine,
  async () => {
    throw new TypeError('Nobody asks.');
  },
  `${token.directory}/locks`,
);
after(async () => {
  await modules.close();
  token.remove();
});

const KSP = 'PKCS#11 ca-token Key Storage Provider';
const settings = { name: KSP, module: token.module, token: TOKEN, pin: { file: token.pinFile }, sessions: 4 };

describeProvider({
  name: 'a provider over a token',
  engine: nodeEngine,
  open: async () => {
    const software = await openSoftwareProviders({
      directory: `${token.directory}/keys`,
      machineKeyset: true,
      machineGuid: '6e4d3030-8aae-40f0-9282-d69ccdd4ff34',
      engine: nodeEngine,
    });
    return providersByName(software, [modules.provider(settings, true, 'S-1-5-21-1-2-3')]);
  },
  close: async () => {},
  ksp: KSP,
});
