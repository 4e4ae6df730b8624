/** What one part of the system, or all of them together, are like (reference/40 §6.3). */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'partial-outage';

export interface ServiceHealth {
  readonly status: HealthStatus | '';
  readonly message: string;
}

export interface Health extends ServiceHealth {
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

/**
 * The whole: the sum of what reads and writes need, with `beside` listed among the services. What is degraded beside does
 * not count: clients of v1 stop working when the sum is not healthy.
 */
export const listed = (health: Health, beside: Readonly<Record<string, ServiceHealth>>): Health => ({
  ...health,
  services: { ...health.services, ...beside },
});

/** Sums up: any degraded part makes the whole degraded, any failed one a partial outage, all failed unhealthy. */
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

/** The answer when only one part was asked for: it is lifted to the top; an unknown name has no status. */
export function only(health: Health, service: string): Health {
  const found = Object.hasOwn(health.services, service) ? health.services[service] : undefined;
  return found ? { ...found, services: { [service]: found } } : { status: '', message: '', services: {} };
}
