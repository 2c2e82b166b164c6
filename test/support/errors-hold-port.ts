/** Listens on a port until standard input ends: `node errors-hold-port.ts PORT`. */
import { createServer } from 'node:net';

const server = createServer();
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
process.stdin.resume().once('end', () => server.close());
