import { parseBmcAddress } from '../../shared/net/bmc-address.js';
import type { BmcTarget } from './bmc-driver.js';

const DISK = 0x08;
/**
 * A remote disk in the standard, but the local disk to the firmware of these vendors
 * (docs/reference/partition-services.md#bmc-operations).
 */
const SUPERMICRO_DISK = 0x24;

/** Maximum length of user and password in UTF-16 units. IPMI takes less (`checkIpmiCredentials`). */
const MAX_CREDENTIAL = 256;

const NO_USER =
  'the command has no BMC user: the machine has registered none, and the servers lack METAL_API_BMC_SUPERUSER_PWD_FILE';

/**
 * Parses the target from the `ipmi` block of a command. IPMI 1.5 (`lan`), which protects neither password nor command,
 * is used only if the command requests it and `allowIpmi15` is set. Throws an Error that names the defect and does not
 * contain the password.
 */
export function bmcTarget(ipmi: Readonly<Record<string, unknown>>, { allowIpmi15 = false } = {}): BmcTarget {
  const [user, password] = [text(ipmi['user']), text(ipmi['password'])];
  if (user === '') throw new Error(NO_USER);
  if (Math.max(user.length, password.length) > MAX_CREDENTIAL) {
    throw new Error(`cannot log in to the BMC: user and password may have at most ${MAX_CREDENTIAL} characters`);
  }
  const address = text(ipmi['address']);
  const place = parseBmcAddress(address);
  if (!place) throw new Error(`BMC address "${address.slice(0, 80)}" is not valid, expected host:port`);
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
