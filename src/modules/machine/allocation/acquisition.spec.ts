import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../shared/clock.js';
import { Acquisition } from './acquisition.js';
import type { AllocationResources } from './acquisition.js';

const TIMEOUT = 60_000;
const RESOURCES: AllocationResources = { asn: 4_200_000_001, networks: [] };

/** An acquisition whose source notes what it does; `end` completes what is being acquired. */
function setUp() {
  const done: string[] = [];
  const clock = new ManualClock();
  let end: (error?: Error) => void = () => undefined;
  const acquire = (machineId: string) => {
    done.push(`acquire ${machineId}`);
    return new Promise<AllocationResources>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve(RESOURCES));
    });
  };
  const release = async (machineId: string) => void done.push(`release ${machineId}`);
  return {
    acquisition: new Acquisition({ acquire, release }, clock, TIMEOUT),
    clock,
    done,
    end: (error?: Error) => end(error),
  };
}

describe('Acquisition', () => {
  it('acquires once for the machine that is being claimed', async () => {
    const { acquisition, done, end } = setUp();
    acquisition.begin('m1');
    end();
    expect(await acquisition.resourcesFor('m1')).toBe(RESOURCES);
    expect(done).toEqual(['acquire m1']);
  });

  it('acquires after the claim for another machine, once the first one is withdrawn', async () => {
    const { acquisition, done, end } = setUp();
    acquisition.begin('m1');
    end();
    await acquisition.withdraw();
    const resources = acquisition.resourcesFor('m2');
    end();
    expect(await resources).toBe(RESOURCES);
    expect(done).toEqual(['acquire m1', 'release m1', 'acquire m2']);
  });

  it('releases only after everything has ended, also if that failed', async () => {
    const { acquisition, done, end } = setUp();
    acquisition.begin('m1');
    const withdrawn = acquisition.withdraw();
    await Promise.resolve();
    expect(done).toEqual(['acquire m1']);
    end(new Error('exhausted'));
    await withdrawn;
    expect(done).toEqual(['acquire m1', 'release m1']);
    await acquisition.withdraw();
    expect(done).toHaveLength(2);
  });

  it('throws what acquiring threw to those who ask for the resources', async () => {
    const { acquisition, end } = setUp();
    acquisition.begin('m1');
    end(new Error('exhausted'));
    await acquisition.ended();
    await expect(acquisition.resourcesFor('m1')).rejects.toThrow('exhausted');
  });

  it('does not use resources that the sweeper may have released, because the claim took too long', async () => {
    const { acquisition, clock, end } = setUp();
    acquisition.begin('m1');
    end();
    clock.advance(TIMEOUT - 1);
    expect(await acquisition.resourcesFor('m1')).toBe(RESOURCES);
    clock.advance(1);
    await expect(acquisition.resourcesFor('m1')).rejects.toMatchObject({ kind: 'conflict' });
  });
});
