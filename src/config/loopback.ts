import { isIPv4 } from 'node:net';

/** Whether only processes of this machine can reach the address. A name that merely looks like one, such as `127.x`, is none. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
