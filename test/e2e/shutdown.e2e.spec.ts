import { expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { ProbeController, ProbeModule } from '../support/probe.module.js';

// An idle connection that delayed the shutdown would do so for the 72 s of its keep-alive.
it(
  'a request that is under way is answered before the server ends; a new one is not taken',
  { timeout: 60_000 },
  async () => {
    const { app, url } = await startTestApp({}, { modules: [ProbeModule] });
    await fetch(`${url}/v1/probe/a`); // leaves an idle connection behind, which must not hold the server up
    ProbeController.slowOnes = 0;
    const underWay = fetch(`${url}/v1/probe/slow/400`);
    await eventually('the request has arrived', () => ProbeController.slowOnes > 0);
    const closed = app.close();
    expect(await (await underWay).json()).toEqual({ id: '400' });
    await closed;
    await expect(fetch(`${url}/v1/probe/a`)).rejects.toThrow();
  },
);
