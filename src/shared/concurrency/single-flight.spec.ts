import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.js';

describe('SingleFlight', () => {
  it('shares a run with everyone who asks during it, and starts another one afterwards', async () => {
    let runs = 0;
    let end: () => void = () => undefined;
    const flight = new SingleFlight(async () => {
      const mine = ++runs;
      await new Promise<void>((resolve) => (end = resolve));
      return mine;
    });
    expect(flight.current).toBeUndefined();
    const both = [flight.run(), flight.run()];
    expect(flight.current).toBe(both[0]);
    end();
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(flight.current).toBeUndefined();
    const next = flight.run();
    end();
    expect(await next).toBe(2);
  });

  it('shares the error, and forgets it', async () => {
    let fails = true;
    const flight = new SingleFlight(async () => {
      if (fails) throw new Error('no');
      return 'yes';
    });
    const both = [flight.run(), flight.run()];
    await expect(both[0]).rejects.toThrow('no');
    await expect(both[1]).rejects.toThrow('no');
    fails = false;
    expect(await flight.run()).toBe('yes');
  });
});
