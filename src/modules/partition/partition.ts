import type { Entity } from '../../shared/entity.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { isDnsName } from '../../shared/net/host-name.js';
import { tryParseScoped } from '../../shared/net/scoped-ip.js';
import { References } from '../../shared/references.js';

/** The discovery image, which a machine without an operating system boots over the network. */
export interface BootConfiguration {
  /** URL of the initial ramdisk. */
  readonly imageUrl: string;
  readonly kernelUrl: string;
  readonly commandLine: string;
}

/** A site with racks, leaf switches and machines. */
export interface Partition extends Entity {
  /** Free text, e.g. host:port. */
  readonly mgmtServiceAddress: string;
  readonly bootConfiguration: BootConfiguration;
  readonly labels: Readonly<Record<string, string>>;
  /** Default for machines that specify none; IP addresses. */
  readonly dnsServers: readonly string[];
  /** Default for machines that specify none; IP addresses or DNS names. */
  readonly ntpServers: readonly string[];
  /**
   * Default IPv4 child prefix length for super networks without one; set by legacy clients
   * (docs/reference/partitions.md#capacity-of-january-2021).
   */
  readonly privateNetworkPrefixLength: number;
}

/** Features that refer to partitions: machines, switches, networks and size reservations. */
export class PartitionReferences extends References {}

const MAX_DNS_SERVERS = 3;
const MAX_NTP_SERVERS = 5;

export const DEFAULT_PRIVATE_PREFIX_LENGTH = 22;

/** Throws `malformed` for too many servers or an invalid IP address (docs/reference/partitions.md#fields). */
export function checkDnsServers(servers: readonly string[]): void {
  if (servers.length > MAX_DNS_SERVERS) {
    throw malformed(`dns_servers has ${servers.length} entries, at most ${MAX_DNS_SERVERS} are allowed`);
  }
  const wrong = servers.find((server) => !isAddress(server));
  if (wrong !== undefined) throw malformed(`dns_servers contains "${wrong}", expected an IP address`);
}

/**
 * Throws `malformed` for too many servers or a server that is neither an IP address nor a DNS name
 * (docs/reference/partitions.md#fields).
 */
export function checkNtpServers(servers: readonly string[]): void {
  if (servers.length > MAX_NTP_SERVERS) {
    throw malformed(`ntp_servers has ${servers.length} entries, at most ${MAX_NTP_SERVERS} are allowed`);
  }
  const wrong = servers.find((server) => !isAddress(server) && !isDnsName(server));
  if (wrong !== undefined) throw malformed(`ntp_servers contains "${wrong}", expected an IP address or a DNS name`);
}

const isAddress = (text: string): boolean => tryParseScoped(text) !== undefined;

/** Throws `invalid` outside of 16 to 30. */
export function checkPrivatePrefixLength(length: number): void {
  if (length < 16 || length > 30) {
    throw invalid(`privatenetworkprefixlength is ${length}, expected 16 to 30`);
  }
}
