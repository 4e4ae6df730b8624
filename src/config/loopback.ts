import { isIPv4 } from 'node:net';

/** Whether the address is reachable only from this host. Names such as `127.x` do not count as loopback. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
