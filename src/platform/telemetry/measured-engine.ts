import type { EngineObserver } from '../store/observed-engine.js';
import { spans } from '../tracing/spans.js';
import type { SpanDescription } from '../tracing/spans.js';
import type { Metrics } from './metrics.js';

const spanOf = (operation: string, table: string): SpanDescription => ({
  name: `store ${operation} ${table}`,
  kind: 'client',
  attributes: { 'db.operation.name': operation, 'db.collection.name': table },
});

/** Measures each call of the database; within a trace, the call is a span. */
export const measuredBy =
  (metrics: Metrics): EngineObserver =>
  async (operation, table, call) => {
    const began = performance.now();
    let failed = true;
    try {
      const result = await spans().child(spanOf(operation, table), call);
      failed = false;
      return result;
    } finally {
      metrics.observeStore(operation, (performance.now() - began) / 1000, failed);
    }
  };
