import { readBmcAddress } from '../../shared/net/bmc-address.js';
import { BMC_PASSWORD_BYTES, BMC_USER_BYTES, bytesOver } from '../../shared/net/bmc-credentials.js';
import type { BmcTarget } from './bmc.js';

const DISK = 0x08;
/** Remote disk in the standard, but what these vendors' firmware takes for the local one (reference/40 §9.5). */
const SUPERMICRO_DISK = 0x24;

/**
 * The target in the `ipmi` block of a command. IPMI 1.5 (`lan`), which protects neither password nor command, is spoken
 * only with `allowIpmi15`, whatever the command says. Throws an Error that says what is wrong, without the password.
 */
export function bmcTarget(ipmi: Readonly<Record<string, unknown>>, { allowIpmi15 = false } = {}): BmcTarget {
  const [user, password] = [text(ipmi['user']), text(ipmi['password'])];
  if (user === '') throw new Error('the command carries no user for the BMC');
  const tooLong = bytesOver('user', user, BMC_USER_BYTES) ?? bytesOver('password', password, BMC_PASSWORD_BYTES);
  if (tooLong !== undefined) throw new Error(`BMC cannot be logged in to: ${tooLong}`);
  const address = text(ipmi['address']);
  const place = readBmcAddress(address);
  if (!place) throw new Error(`address "${address.slice(0, 80)}" of the BMC is not valid, expected host:port`);
  return {
    ...place,
    user,
    password,
    interface: allowIpmi15 && ipmi['interface'] === 'lan' ? 'lan' : 'lanplus',
    diskDevice: isSupermicro(ipmi['fru']) ? SUPERMICRO_DISK : DISK,
  };
}

function isSupermicro(fru: unknown): boolean {
  if (typeof fru !== 'object' || fru === null) return false;
  const { board_mfg: board, product_manufacturer: product } = fru as Record<string, unknown>;
  return /supermicro|novarion/i.test(`${text(board)} ${text(product)}`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
