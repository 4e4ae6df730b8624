import { Prefix } from '../shared/net/prefix.js';

/** `auto` speaks Redfish with BMCs that answer it, and IPMI with the others. */
export const BMC_PROTOCOLS = ['auto', 'ipmi', 'redfish'] as const;

export type BmcProtocol = (typeof BMC_PROTOCOLS)[number];

/** What holds for some machines instead of the partition's rule. */
export interface ProtocolException {
  /** ID of a machine in lower case, or the addresses of BMCs. */
  readonly for: string | Prefix;
  readonly protocol: BmcProtocol;
  /** Port of Redfish; undefined for that of the partition. */
  readonly port: number | undefined;
}

/**
 * Parses `FOR=PROTOCOL[:PORT]`, where `FOR` is the ID of a machine, an address or a prefix. Returns undefined for
 * anything else.
 */
export function parseProtocolException(text: string): ProtocolException | undefined {
  const [, selector = '', name = '', digits] = /^([^=]{1,100})=([a-z]{1,10})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const protocol = BMC_PROTOCOLS.find((known) => known === name);
  const port = digits === undefined ? undefined : Number(digits);
  if (protocol === undefined || (port !== undefined && (port < 1 || port > 65535))) return undefined;
  const address = Prefix.tryParse(selector.includes('/') ? selector : hostPrefix(selector));
  if (address === undefined && !/^[0-9a-z-]{1,64}$/i.test(selector)) return undefined;
  return { for: address?.masked() ?? selector.toLowerCase(), protocol, port };
}

const hostPrefix = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;
