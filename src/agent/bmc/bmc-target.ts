import type { BmcTarget } from './bmc.js';

const DEFAULT_PORT = 623;
const DISK = 0x08;
/** Remote disk in the standard, but what these vendors' firmware takes for the local one (reference/40 §9.5). */
const SUPERMICRO_DISK = 0x24;

/** The target in the `ipmi` block of a command. Throws an Error that says what is missing, without the password. */
export function bmcTarget(ipmi: Readonly<Record<string, unknown>>): BmcTarget {
  const user = text(ipmi['user']);
  if (user === '') throw new Error('the command carries no user for the BMC');
  return {
    ...bmcAddress(text(ipmi['address'])),
    user,
    password: text(ipmi['password']),
    interface: ipmi['interface'] === 'lan' ? 'lan' : 'lanplus',
    diskDevice: isSupermicro(ipmi['fru']) ? SUPERMICRO_DISK : DISK,
  };
}

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address; port 623 unless given. Throws for anything else. */
export function bmcAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*))(?::(\d{1,5}))?$/.exec(address) ?? [];
  const host = bracketed ?? plain ?? (/^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$/.test(address) ? address : undefined);
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (host === undefined || number < 1 || number > 65535) {
    throw new Error(`address "${address}" of the BMC is not valid, expected host:port`);
  }
  return { host, port: number };
}

function isSupermicro(fru: unknown): boolean {
  if (typeof fru !== 'object' || fru === null) return false;
  const { board_mfg: board, product_manufacturer: product } = fru as Record<string, unknown>;
  return /supermicro|novarion/i.test(`${text(board)} ${text(product)}`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
