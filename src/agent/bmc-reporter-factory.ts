import type { ReportSettings } from '../config/agent-report-settings.js';
import type { AppLogger } from '../shared/app-logger.js';
import { systemClock } from '../shared/clock.js';
import type { BmcInspector } from './bmc/bmc-inspector.js';
import type { ManagementNetworks } from './bmc/management-networks.js';
import { BmcReporter } from './report/bmc-reporter.js';
import type { SendReports } from './report/bmc-reporter.js';
import { findBmcs } from './report/bmc-sources.js';
import { RestClient } from './rest-client.js';

interface Surroundings {
  readonly partition: string;
  readonly networks: ManagementNetworks;
  readonly bmc: BmcInspector;
  readonly log: AppLogger;
}

/** Longest time until findings are reported without those of slow BMCs, in milliseconds. */
const FLUSH_MS = 15_000;

/** The reporter of a partition, which calls the API as an editor. */
export function createBmcReporter(
  settings: ReportSettings,
  { partition, networks, bmc, log }: Surroundings,
): BmcReporter {
  const api = new RestClient({ url: settings.apiUrl, role: 'editor', key: settings.apiKey });
  const send: SendReports = (body) => api.post('v1/machine/ipmi', body);
  const { interval: intervalMs, bmcTimeout: bmcTimeoutMs, concurrency, user, password, ignoredMacs } = settings;
  const options = {
    ...{ partition, networks, intervalMs, bmcTimeoutMs, concurrency, user, password, ignoredMacs },
    flushMs: FLUSH_MS,
  };
  const find = (now: number) => findBmcs(settings.sources, now);
  return new BmcReporter(find, bmc, send, options, systemClock, log);
}
