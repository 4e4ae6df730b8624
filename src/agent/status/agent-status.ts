import type { Bus } from '../../platform/bus/bus.js';
import { AgentMetrics } from '../../platform/telemetry/agent-metrics.js';
import type { BmcReporter } from '../report/bmc-reporter.js';
import type { AgentStatus } from './status-server.js';

/** What the agent shows about itself; `reporter` is undefined if it does not report. */
export function agentStatus(
  bus: Pick<Bus, 'state'>,
  reporter: Pick<BmcReporter, 'bmcs' | 'lastReport'> | undefined,
): AgentStatus & { readonly metrics: AgentMetrics } {
  const bmcs = () => reporter?.bmcs ?? [];
  const metrics = new AgentMetrics(() => {
    const counts: Record<string, number> = { redfish: 0, ipmi: 0, unknown: 0 };
    for (const { state, protocol } of bmcs()) {
      const name = state === 'unknown' ? state : protocol;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return { isConnected: bus.state().connected, bmcs: counts, lastReport: (reporter?.lastReport ?? 0) / 1000 };
  });
  return { metrics, health: () => bus.state(), bmcs };
}
