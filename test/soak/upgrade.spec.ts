import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed } from '../support/installed.js';
import { SEED } from '../support/property-seed.js';
import { rethinkdbAvailable } from '../support/rethinkdb.js';
import { SingleBacking } from '../support/upgrade/backing.js';
import { Load } from '../support/upgrade/load.js';
import { buildRelease, nextRelease, previousRelease, removeRelease, thisRelease } from '../support/upgrade/release.js';
import type { Release } from '../support/upgrade/release.js';
import { RollingSite } from '../support/upgrade/rolling-site.js';

const SUITE = 'upgrade without downtime';
const commit = previousRelease(SUITE);
const here = [installed(SUITE, 'nats-server', 'haproxy', 'git'), rethinkdbAvailable(SUITE)].every(Boolean);

const MACHINES = 24;

describe.skipIf(!here || commit === undefined)(`${SUITE} (seed ${SEED})`, () => {
  let previous: Release;
  let next: Release;
  let site: RollingSite;
  let load: Load;

  beforeAll(async () => {
    previous = buildRelease(commit!);
    next = nextRelease(['machine', 'event', 'ip', 'network'], 5);
    site = await RollingSite.start(previous, MACHINES, SEED, await SingleBacking.start());
    load = new Load(site, await site.waiting(), SEED);
  }, 300_000);
  afterAll(async () => {
    await site?.stop();
    if (next) removeRelease(next);
  }, 60_000);

  /** Does it under load, and prints what clients have noticed. */
  async function measured(what: string, change: () => Promise<void>): Promise<void> {
    const calls = await load.during(change);
    console.log(`${what}: ${calls.summary()}`);
    expect(calls.violations).toEqual([]);
  }

  let migrated = false;

  it('migrates, and replaces one replica after the other', async () => {
    await measured('from the previous release', async () => {
      const { code, output } = await site.command(thisRelease, 'migrate');
      expect(code, output).toBe(0);
      migrated = !output.includes('nothing to migrate');
      await site.roll(thisRelease);
    });
  });

  it('restarts one replica after the other', async () => {
    await measured('rolling restart', () => site.roll(thisRelease));
  });

  it('allows a rollback until something was migrated, and refuses it afterwards', async () => {
    if (migrated) await expectRefused(previous);
    else await measured('back to the previous release', () => site.roll(previous));
  });

  it('migrates stored documents while replicas of the release before serve', async () => {
    await measured('to the next release', async () => {
      const { code, output } = await site.command(next, 'migrate');
      expect(output).toContain('renewed');
      expect(code, output).toBe(0);
      await site.roll(next);
    });
  });

  it('refuses to go back once documents were migrated', async () => {
    await expectRefused(thisRelease);
    await expectRefused(previous);
    await measured('after the refusals', async () => undefined);
  });

  async function expectRefused(release: Release): Promise<void> {
    const { code, output } = await site.command(release, 'serve');
    expect(output).toMatch(/the database was migrated to \d{4} \([\w-]+\)/);
    expect(code).toBe(2);
  }
});
