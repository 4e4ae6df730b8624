import { isIP } from 'class-validator';
import type { Entity } from '../../shared/entity.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { isDnsName } from '../../shared/net/host-name.js';
import { References } from '../../shared/references.js';

/** What a machine without operating system boots over the network: the discovery image. */
export interface BootConfiguration {
  /** Of the initial ramdisk. */
  readonly imageUrl: string;
  readonly kernelUrl: string;
  readonly commandLine: string;
}

/** A site where machines stand. */
export interface Partition extends Entity {
  /** Free text, e.g. host:port. */
  readonly mgmtServiceAddress: string;
  readonly bootConfiguration: BootConfiguration;
  readonly labels: Readonly<Record<string, string>>;
  /** Default of machines that name none; IP addresses. */
  readonly dnsServers: readonly string[];
  /** Default of machines that name none; IP addresses or DNS names. */
  readonly ntpServers: readonly string[];
  /** Bits of IPv4 child prefixes where the super network does not say; clients of 2021 set it (reference/30 §1.4). */
  readonly privateNetworkPrefixLength: number;
}

/** Who refers to partitions: machines, switches, networks and size reservations. */
export class PartitionReferences extends References {}

const MAX_DNS_SERVERS = 3;
const MAX_NTP_SERVERS = 5;

export const DEFAULT_PRIVATE_PREFIX_LENGTH = 22;

/** Throws `malformed` for too many servers or what is no IP address (reference/30 §1.1). */
export function checkDnsServers(servers: readonly string[]): void {
  if (servers.length > MAX_DNS_SERVERS) {
    throw malformed(`dns_servers has ${servers.length} entries, at most ${MAX_DNS_SERVERS} are allowed`);
  }
  const wrong = servers.find((server) => !isIP(server));
  if (wrong !== undefined) throw malformed(`dns_servers contains "${wrong}", expected an IP address`);
}

/** Throws `malformed` for too many servers or what is neither an IP address nor a DNS name (reference/30 §1.1). */
export function checkNtpServers(servers: readonly string[]): void {
  if (servers.length > MAX_NTP_SERVERS) {
    throw malformed(`ntp_servers has ${servers.length} entries, at most ${MAX_NTP_SERVERS} are allowed`);
  }
  const wrong = servers.find((server) => !isIP(server) && !isDnsName(server));
  if (wrong !== undefined) throw malformed(`ntp_servers contains "${wrong}", expected an IP address or a DNS name`);
}

/** Throws `invalid` outside of 16 to 30. */
export function checkPrivatePrefixLength(length: number): void {
  if (length < 16 || length > 30) {
    throw invalid(`privatenetworkprefixlength is ${length}, expected 16 to 30`);
  }
}
