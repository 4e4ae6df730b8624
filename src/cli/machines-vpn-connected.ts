import { VpnConnectedService } from '../modules/machine/vpn/vpn-connected.service.js';
import { runJob } from './run-job.js';

/** Prints how many machines are connected. */
export const run = (): Promise<number> => runJob(VpnConnectedService, (connections) => connections.evaluate());
