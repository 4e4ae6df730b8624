/** What one part of the system, or all of them together, are like (reference/40 §6.3). */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'partial-outage';

export interface ServiceHealth {
  readonly status: HealthStatus | '';
  readonly message: string;
}

export interface Health extends ServiceHealth {
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

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
