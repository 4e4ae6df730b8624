import { lookup } from 'node:dns/promises';
import { ipOfHost } from '../../shared/net/bmc-address.js';
import { Prefix } from '../../shared/net/prefix.js';
import { BmcError } from './bmc-driver.js';
import type { BmcTarget } from './bmc-driver.js';

/**
 * Private addresses (RFC 1918, RFC 4193): the default management networks. Without loopback and link-local ones, where
 * the agent itself and the metadata services of clouds are.
 */
export const PRIVATE_NETWORKS: readonly Prefix[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map(
  (text) => Prefix.parse(text),
);

/** Resolves a host name to all of its addresses. Rejects if it has none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The networks of a partition's BMCs. Agents log in only to addresses inside them: a machine reports the address of its
 * BMC itself, so a malicious one could otherwise direct logins, and the credentials, to a host of its choice.
 */
export class ManagementNetworks {
  constructor(
    private readonly prefixes: readonly Prefix[] = PRIVATE_NETWORKS,
    private readonly resolve: Lookup = systemLookup,
    private readonly setting = 'METAL_API_AGENT_BMC_NETWORKS',
  ) {}

  /**
   * Returns the target with its host name replaced by an address inside the networks, so that the checked address is
   * also the one that is used; the name stays for checking certificates. Throws BmcError `address` if no address of the host is inside, and `unreachable` if the
   * name cannot be resolved.
   */
  async resolveAllowed(target: BmcTarget): Promise<BmcTarget> {
    const { host } = target;
    const addresses = ipOfHost(host) ? [host] : await this.addressesOf(host);
    const inside = addresses.find((address) => this.contains(address));
    if (inside !== undefined) return inside === host ? target : { ...target, host: inside, name: host };
    const found = addresses[0] === host ? host : `${host} (${addresses.slice(0, 3).join(', ')})`;
    throw new BmcError(
      'address',
      `BMC ${found} is outside the management networks ${this.prefixes.join(', ')} (${this.setting})`,
    );
  }

  private contains(address: string): boolean {
    const ip = ipOfHost(address);
    return ip !== undefined && this.prefixes.some((prefix) => prefix.contains(ip));
  }

  private async addressesOf(host: string): Promise<readonly string[]> {
    try {
      return await this.resolve(host);
    } catch {
      throw new BmcError('unreachable', `BMC ${host} cannot be reached: the name has no address`);
    }
  }
}
