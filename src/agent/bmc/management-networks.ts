import { lookup } from 'node:dns/promises';
import { ipOfHost } from '../../shared/net/bmc-address.js';
import { Prefix } from '../../shared/net/prefix.js';
import { BmcError } from './bmc.js';
import type { BmcTarget } from './bmc.js';

/** Loopback, link-local and private addresses (RFC 1918, RFC 4193): where BMCs are unless the operator says otherwise. */
export const PRIVATE_NETWORKS: readonly Prefix[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
].map((text) => Prefix.parse(text));

/** All addresses of a host name. Rejects when it has none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The networks of a partition's BMCs. An agent logs in nowhere else: a device names the address of its BMC itself, and
 * would learn the credentials that are tried there.
 */
export class ManagementNetworks {
  constructor(
    private readonly prefixes: readonly Prefix[] = PRIVATE_NETWORKS,
    private readonly resolve: Lookup = systemLookup,
  ) {}

  /**
   * The target with an address inside the networks in the place of a host name, so that the one that was checked is the
   * one that is used. Throws BmcError `address` when there is none, `unreachable` when the name cannot be resolved.
   */
  async admit(target: BmcTarget): Promise<BmcTarget> {
    const { host } = target;
    const addresses = ipOfHost(host) ? [host] : await this.addressesOf(host);
    const inside = addresses.find((address) => this.contains(address));
    if (inside !== undefined) return inside === host ? target : { ...target, host: inside };
    const found = addresses[0] === host ? host : `${host} (${addresses.slice(0, 3).join(', ')})`;
    throw new BmcError(
      'address',
      `BMC ${found} is outside the management networks ${this.prefixes.join(', ')} (METAL_API_AGENT_BMC_NETWORKS)`,
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
      throw new BmcError('unreachable', `BMC ${host} cannot be reached: its name has no address`);
    }
  }
}
