import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importInstallation } from '../../src/cli/import.js';
import { UsageError } from '../../src/cli/usage-error.js';
import type { Config } from '../../src/config/config.js';
import { systemClock, type Clock } from '../../src/shared/clock.js';
import { adoptionFile, adoptionSources } from '../support/adoption.js';
import { testConfig } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { OldServer } from '../support/old-server.js';
import { ServerProcess } from '../support/server-process.js';

const SILENT = { write: () => undefined };

/** An imported installation, to be compared with an old server. */
class Imported {
  readonly folder = mkdtempSync(join(tmpdir(), 'metal-against-'));
  private readonly config: Config;

  constructor(variables: Readonly<Record<string, string>> = {}) {
    this.config = testConfig({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: this.folder, ...variables });
  }

  async run(action: 'run' | 'verify', args: readonly string[] = [], clock: Clock = systemClock) {
    const written: string[] = [];
    const out = { write: (text: string) => written.push(text) };
    const all = [action, ...adoptionSources('clean'), ...args];
    const code = await importInstallation(all, () => this.config, out, SILENT, clock);
    return { code, text: written.join('') };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

describe('metal-api import verify --against a server with the recorded answers', () => {
  const imported = new Imported({ METAL_API_BASE_PATH: '/new/' });
  let old: OldServer;
  const verify = () => imported.run('verify', ['--against', old.url], { now: () => old.time });

  beforeAll(async () => {
    old = await OldServer.start(adoptionFile('clean', 'answers'), DEV_KEYS.admin);
    await imported.run('run');
  }, 120_000);
  beforeEach(() => old.reset());
  afterAll(async () => {
    await old.stop();
    imported.remove();
  });

  it('compares every answer', async () => {
    const { code, text } = await verify();
    expect(text).toMatch(/^[34]\d\d answers compared, .* 0 unexplained differences/);
    expect(code).toBe(0);
    expect(old.asked.get('/metal/v1/machine')).toBe(1);
  });

  it('waits for slow answers, and asks again for those that did not come or were broken off', async () => {
    old.spoil(/v1\/machine$/, 'slow', 1);
    old.spoil(/v1\/network$/, 'unavailable', 2);
    old.spoil(/v1\/ip$/, 'broken off', 2);
    const { code, text } = await verify();
    expect(text).toMatch(/ 0 unexplained differences/);
    expect(code).toBe(0);
    const times = ['machine', 'network', 'ip'].map((kind) => old.asked.get(`/metal/v1/${kind}`));
    expect(times).toEqual([1, 3, 3]);
  });

  it('reports what a server that stays overloaded answers, and what a proxy has cut, as differences', async () => {
    old.spoil(/v1\/network$/, 'unavailable', 100);
    old.spoil(/v1\/ip$/, 'cut', 1);
    const { code, text } = await verify();
    expect(code).toBe(1);
    expect(text).toMatch(/ 2 unexplained differences/);
    expect(text).toMatch(/GET \/v1\/network \S+ +503 +200/);
    expect(text).toContain('GET /v1/ip');
  });

  it('gives up when responses are repeatedly cut off, and names the request', async () => {
    old.spoil(/v1\/network$/, 'broken off', 100);
    const error: unknown = await verify().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(
      /no answer from http:\/\/127\.0\.0\.1:\d+ to \/metal\/v1\/network: it ended after \d+ bytes/,
    );
  });

  it('says that the old server refuses the key, rather than that all answers differ', async () => {
    const other = await OldServer.start(adoptionFile('clean', 'answers'), 'another key of the admin');
    try {
      const refused = imported.run('verify', ['--against', other.url], { now: () => other.time });
      await expect(refused).rejects.toThrow('the old server refuses METAL_API_HMAC_ADMIN_KEY (403 for /v1/tenant)');
    } finally {
      await other.stop();
    }
  });
});

describe('metal-api import verify --against another metal-api', () => {
  const [one, two] = [new Imported(), new Imported()];
  let server: ServerProcess;

  beforeAll(async () => {
    await one.run('run');
    await two.run('run');
    server = await ServerProcess.start({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: one.folder });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    for (const imported of [one, two]) imported.remove();
  });

  it('finds no difference, until there is one', async () => {
    const same = await two.run('verify', ['--against', server.url]);
    expect(same.text).toMatch(/^[34]\d\d answers compared, \d+ identical, 1 known and 0 unexplained differences/);
    expect(same.code).toBe(0);

    const [network] = await server.rest('viewer').post<{ id: string }[]>('v1/network/find', { labels: {} });
    await server.rest('admin').post('v1/network', { id: network!.id, description: 'changed on the old server' });
    const changed = await two.run('verify', ['--against', server.url]);
    expect(changed.code).toBe(1);
    expect(changed.text).toContain(`GET /v1/network/${network!.id} description`);
    expect(changed.text).toContain('"changed on the old server"');
  });
});
