import { IpmiSims, ipmiSimProblem } from '../agent/simulator/ipmi-sims.js';
import { UsageError } from './usage-error.js';

/** Prepares the BMCs for `--ipmi`. Throws UsageError if programs are missing or there are too many machines. */
export async function realBmcs(machines: number, path: string): Promise<IpmiSims> {
  const obstacle = ipmiSimProblem(machines, path);
  if (obstacle !== undefined) {
    throw new UsageError(`--ipmi: ${obstacle}; requires Debian's packages ipmitool and openipmi, and few machines`);
  }
  return IpmiSims.prepare(machines, path);
}
