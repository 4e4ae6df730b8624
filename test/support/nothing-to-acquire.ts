import { Acquisition } from '../../src/modules/machine/allocation/acquisition.js';
import { systemClock } from '../../src/shared/clock.js';

/** An acquisition for tests of claims alone: it takes no AS number and no addresses. */
export function nothingToAcquire(): Acquisition {
  const source = { acquire: async () => ({ asn: 0, networks: [] }), release: async () => undefined };
  return new Acquisition(source, systemClock, Number.POSITIVE_INFINITY);
}
