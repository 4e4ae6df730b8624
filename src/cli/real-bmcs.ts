import { IpmiSims, obstacleToIpmi } from '../agent/simulator/ipmi-sims.js';
import { UsageError } from './usage-error.js';

/** The real BMCs that `--ipmi` asks for. Throws UsageError when they cannot be had. */
export async function realBmcs(machines: number, path: string): Promise<IpmiSims> {
  const obstacle = obstacleToIpmi(machines, path);
  if (obstacle !== undefined) {
    throw new UsageError(`--ipmi: ${obstacle}; it takes Debian's ipmitool and openipmi, and few machines`);
  }
  return IpmiSims.choose(machines, path);
}
