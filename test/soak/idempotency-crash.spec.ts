import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { AllocationSite } from '../support/allocation-site.js';
import { startTestApp } from '../support/app.js';
import { FragileEngine } from '../support/fragile-engine.js';
import { leaks } from '../support/invariants.js';
import { ipBody, machineBody, networkBody, post, things } from '../support/keyed-requests.js';
import { tableOf } from '../support/machines.js';

describe.each([
  ['a machine', '/v1/machine/allocate', machineBody, 200],
  ['an address', '/v1/ip/allocate', ipBody, 201],
  ['a network', '/v1/network/allocate', networkBody, 201],
])('with an idempotency key, a crash during the allocation of %s', (_, path, bodyOf, status) => {
  it.each([true, false])(
    'is repaired by the repetition, whichever write it hits; carried out: %s',
    async (carriedOut) => {
      const engine = new MemoryEngine();
      let victim = new FragileEngine(engine);
      const site = await AllocationSite.start(24, {}, { engine: victim.engine });
      let server = site.server;
      for (let atWrite = 0, crashed = true; crashed; atWrite++) {
        const [before, key] = [things(server, path), randomUUID()];
        victim.arm({ atWrite, carriedOut });
        const first = await post(server, path, bodyOf(site), key);
        crashed = victim.dead;
        victim.disarm();
        if (!crashed) expect(first.status).toBe(status);
        await server.close().catch(() => undefined);

        victim = new FragileEngine(engine);
        server = await startTestApp({}, { engine: victim.engine });
        const repeated = await post(server, path, bodyOf(site), key).expect(status);
        // The process may die after it has responded, but before it has recorded that.
        if (first.status === status) expect(repeated.text).toBe(first.text);
        const again = await post(server, path, bodyOf(site), key).expect(status);
        expect(again.text).toBe(repeated.text);
        expect(things(server, path)).toBe(before + 1);
        expect(leaks((definition) => tableOf(server, definition))).toEqual([]);
      }
      await server.close();
    },
  );
});
