import type { Environment } from './environment.js';

/**
 * What callers of Wait, Report and AbortReinstall must present to prove that they registered the machine. Behind NAT or
 * a proxy, the address of a caller may change, and several callers may share one. The certificate of an installer stays
 * the same for as long as it runs.
 */
export const CALLER_BINDINGS = ['certificate', 'address', 'nothing'] as const;

export type CallerBinding = (typeof CALLER_BINDINGS)[number];

/** Reads the setting. `address` requires the certificate as well. */
export function callerBinding(env: Environment): CallerBinding {
  const name = 'METAL_API_GRPC_SAME_BOX_BY';
  const text = env.text(name, 'certificate');
  const known = CALLER_BINDINGS.find((value) => value === text);
  if (!known) env.violation(`${name} is "${text}", expected one of ${CALLER_BINDINGS.join(', ')}`);
  return known ?? 'certificate';
}
