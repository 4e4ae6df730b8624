import { Injectable } from '@nestjs/common';
import { Store } from '../../platform/store/store.js';
import { only, summarize } from './health.js';
import type { Health, ServiceHealth } from './health.js';

/** Milliseconds after which a part that does not answer counts as failed. */
const DEADLINE = 5_000;

/** Asks the parts which a request depends on. Address management and master data live in this process, on the store. */
@Injectable()
export class HealthService {
  constructor(private readonly store: Store) {}

  /** `ok` tells about all parts, even when only one was asked for. */
  async check(service?: string): Promise<{ readonly ok: boolean; readonly health: Health }> {
    const store = await this.checkStore();
    const inside = { ...store, message: store.status === 'healthy' ? 'part of metal-api' : store.message };
    const health = summarize({ ipam: inside, 'masterdata-api': inside, rethinkdb: store });
    return { ok: health.status === 'healthy', health: service === undefined ? health : only(health, service) };
  }

  private async checkStore(): Promise<ServiceHealth> {
    try {
      const { kind, version, tables } = await within(DEADLINE, this.store.health());
      const behind = tables.filter(({ synced }) => !synced).map(({ name }) => name);
      if (behind.length > 0) return { status: 'unhealthy', message: `tables not in step: ${behind.join(', ')}` };
      return { status: 'healthy', message: `connected to ${kind} version: ${version}` };
    } catch (error) {
      return { status: 'unhealthy', message: `the store does not answer: ${(error as Error).message}` };
    }
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
