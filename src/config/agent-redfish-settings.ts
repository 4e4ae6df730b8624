import { readFileSync } from 'node:fs';
import { BMC_PROTOCOLS, parseProtocolException } from './bmc-protocol.js';
import type { BmcProtocol, ProtocolException } from './bmc-protocol.js';
import type { Environment } from './environment.js';

/**
 * How the agent decides whether a certificate belongs to the BMC that it wants to talk to.
 *
 * - `verify`: by the authorities of a file, or those of the system, and by the name or address in the certificate
 * - `pin`: by its SHA-256 fingerprint in the pins file
 * - `pin-first`: as `pin`; the first certificate of an address without a pin is trusted and added to the file
 * - `any`: every certificate is accepted, which protects from listeners only
 */
export const TRUST_MODES = ['verify', 'pin', 'pin-first', 'any'] as const;

export type TrustMode = (typeof TRUST_MODES)[number];

export interface TrustSettings {
  readonly mode: TrustMode;
  /** PEM of the authorities; undefined for those of the system. */
  readonly ca?: Buffer | undefined;
  /** File with the pins; required for `pin` and `pin-first`. */
  readonly pinsFile?: string | undefined;
}

/** How the agent speaks with BMCs. Durations in milliseconds. */
export interface RedfishSettings {
  readonly protocol: BmcProtocol;
  readonly exceptions: readonly ProtocolException[];
  readonly port: number;
  readonly trust: TrustSettings;
  /** Time for an update of firmware. */
  readonly firmwareTimeout: number;
}

export function redfishSettings(env: Environment): RedfishSettings {
  return {
    protocol: env.oneOf('METAL_API_AGENT_BMC_PROTOCOL', BMC_PROTOCOLS, 'auto'),
    exceptions: exceptions(env),
    port: env.integer('METAL_API_AGENT_REDFISH_PORT', 443, { min: 1, max: 65_535 }),
    trust: trust(env),
    firmwareTimeout: env.duration('METAL_API_AGENT_FIRMWARE_TIMEOUT', 3_600_000),
  };
}

function exceptions(env: Environment): readonly ProtocolException[] {
  const name = 'METAL_API_AGENT_BMC_PROTOCOL_EXCEPTIONS';
  return env.list(name).flatMap((text) => {
    const exception = parseProtocolException(text);
    if (exception === undefined) {
      env.violation(`${name} has "${text}", expected entries such as 10.1.0.0/24=ipmi or 10.1.1.7=redfish:8443`);
    }
    return exception ?? [];
  });
}

function trust(env: Environment): TrustSettings {
  const mode = env.oneOf('METAL_API_AGENT_REDFISH_TRUST', TRUST_MODES, 'verify');
  const [caFile, pinsFile] = ['METAL_API_AGENT_REDFISH_CA_FILE', 'METAL_API_AGENT_REDFISH_PINS_FILE'] as const;
  const pins = env.text(pinsFile);
  const ca = authorities(env, caFile);
  if (mode.startsWith('pin') && pins === undefined) {
    env.violation(`${pinsFile} is not set, expected the path of a file with fingerprints for trust "${mode}"`);
  }
  if (ca !== undefined && mode !== 'verify') env.violation(`${caFile} has no effect with trust "${mode}"`);
  return { mode, ca, pinsFile: pins };
}

function authorities(env: Environment, name: string): Buffer | undefined {
  const path = env.text(name);
  if (path === undefined) return undefined;
  try {
    const content = readFileSync(path);
    if (content.includes('-----BEGIN CERTIFICATE-----')) return content;
    env.violation(`${name} is "${path}", which contains no certificate in PEM form`);
  } catch (error) {
    env.violation(`${name} is "${path}", which cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  return undefined;
}
