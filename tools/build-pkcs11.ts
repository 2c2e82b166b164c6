/** `npm run pkcs11` */
import { providePkcs11, VERSION } from './pkcs11.ts';

const reason = providePkcs11();
if (reason === undefined) console.log(`pkcs11js ${VERSION} is built: PKCS #11 tokens can be used.`);
else {
  console.error(`pkcs11js was not built. ${reason}`);
  process.exitCode = 1;
}
