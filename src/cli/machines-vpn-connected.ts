import { VpnConnectedService } from '../modules/machine/vpn/vpn-connected.service.js';
import { jobUsage, runJob } from './run-job.js';

export const USAGE = jobUsage(
  'machines-vpn-connected',
  'Evaluates once which firewalls are connected to the VPN; prints their number. Requires METAL_API_HEADSCALE_ADDR.',
);

export const run = (args: readonly string[]): Promise<number> =>
  runJob(args, VpnConnectedService, (connections) => connections.evaluate());
