/** The state of one part of the system, or of the whole (docs/reference/health-and-version.md#health). */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'partial-outage';

export interface ServiceHealth {
  readonly status: HealthStatus | '';
  readonly message: string;
}

export interface Health extends ServiceHealth {
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

/**
 * Adds the services in `beside` to the health of the parts that reads and writes need. Their status does not affect
 * the overall status: v1 clients stop working unless that is healthy.
 */
export const withInformational = (health: Health, beside: Readonly<Record<string, ServiceHealth>>): Health => ({
  ...health,
  services: { ...health.services, ...beside },
});

/** Aggregates: any degraded part makes the whole degraded, any failed part a partial outage, all failed unhealthy. */
export function summarize(services: Readonly<Record<string, ServiceHealth>>): Health {
  const all = Object.values(services);
  const failed = all.filter(({ status }) => status !== 'healthy' && status !== 'degraded');
  const message = all.find(({ status }) => status !== 'healthy')?.message ?? '';
  return { status: overall(all, failed.length), message, services };
}

function overall(all: readonly ServiceHealth[], failed: number): HealthStatus {
  if (failed > 0) return failed === all.length ? 'unhealthy' : 'partial-outage';
  return all.some(({ status }) => status === 'degraded') ? 'degraded' : 'healthy';
}

/** The response for a single requested part: lifted to the top level; an unknown name has no status. */
export function selectService(health: Health, service: string): Health {
  const found = Object.hasOwn(health.services, service) ? health.services[service] : undefined;
  return found ? { ...found, services: { [service]: found } } : { status: '', message: '', services: {} };
}
