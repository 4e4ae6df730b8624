import type { Environment } from './environment.js';

/**
 * By what Wait, Report and AbortReinstall must show that they come from the box that registered the machine. Where NAT or
 * a proxy stands between, addresses of one box change and those of many are the same; certificates stay, since an
 * installer has one for as long as it runs.
 */
export const SAME_BOX_BY = ['certificate', 'address', 'nothing'] as const;

export type SameBoxBy = (typeof SAME_BOX_BY)[number];

/** `address` means the certificate as well. */
export function sameBoxBy(env: Environment): SameBoxBy {
  const name = 'METAL_API_GRPC_SAME_BOX_BY';
  const text = env.text(name, 'certificate');
  const known = SAME_BOX_BY.find((value) => value === text);
  if (!known) env.violation(`${name} is "${text}", expected one of ${SAME_BOX_BY.join(', ')}`);
  return known ?? 'certificate';
}
