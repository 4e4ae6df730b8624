import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fsck } from '../../src/cli/fsck.js';
import { importInstallation } from '../../src/cli/import.js';
import { UsageError } from '../../src/cli/usage-error.js';
import type { Config } from '../../src/config/config.js';
import { createBareEngine } from '../../src/platform/store/create-engine.js';
import { adoptionFile, adoptionSources, READER, restoreRethinkDb, type Variant } from '../support/adoption.js';
import { testConfig } from '../support/app.js';
import { installed } from '../support/installed.js';
import { PostgresServer, postgresAvailable } from '../support/postgres.js';
import { rethinkdbAvailable, rethinkdbKillable, RethinkServer } from '../support/rethinkdb.js';
import { TestAuthority } from '../support/test-authority.js';

const SILENT = { write: () => undefined };

/** Runs the command in this process, on a separate database. */
class Importer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'metal-import-'));
  readonly config: Config;

  constructor(variables: Record<string, string> = {}) {
    this.config = testConfig({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: this.folder, ...variables });
  }

  async run(...args: string[]): Promise<{ code: number; text: string }> {
    const written: string[] = [];
    const out = { write: (text: string) => written.push(text) };
    const code = await importInstallation(args, () => this.config, out, SILENT);
    return { code, text: written.join('') };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** What is written, by kind: `created` and so on. */
const countsOf = (text: string): Record<string, number[]> =>
  Object.fromEntries(
    [...text.matchAll(/^(\w+) +(\d+) +(\d+) +(\d+) +(\d+)$/gm)].map(([, kind, ...counts]) => [
      kind,
      counts.map(Number),
    ]),
  );

/** The faults of `dirty`: the name that the plan gives them, and what it must mention. */
const FAULTS: readonly (readonly [name: string, ...mentioned: string[]])[] = [
  ['ip-unknown-machine', '10.4.0.15', 'd1d1d1d1-0000-4000-8000-000000000001'],
  ['ipam-address-unowned', '203.0.113.150'],
  ['ip-not-in-ipam', '203.0.113.201'],
  ['vrf-unowned', 'VRF 70001'],
  ['asn-unowned', 'AS number 4210090001'],
  ['machine-preallocated', 'b02b61c4-a3d7-4628-ace6-6fa2fd5166e6'],
  [
    'switch-unknown-machine',
    'north-2-rack-01-leaf01',
    'north-2-rack-01-leaf02',
    'd6d6d6d6-0000-4000-8000-000000000006',
  ],
  ['network-prefix-not-in-ipam', '7dd9b740-4a93-44c2-9d2a-d1f418424cc0', '10.16.8.0/23'],
  ['event-without-machine', 'd8d8d8d8-0000-4000-8000-000000000008'],
  ['unknown-project', '2001:db8:6000::8', 'd9d9d9d9-0000-4000-8000-000000000009'],
];

interface Plan {
  readonly inconsistencies: readonly { readonly name: string; readonly ids: readonly string[] }[];
}

for (const variant of ['clean', 'dirty'] as const satisfies readonly Variant[])
  describe(`metal-api import of the ${variant} installation`, { shuffle: false }, () => {
    const importer = new Importer();
    afterAll(() => importer.remove());

    it('plans, and names each fault', async () => {
      const { inconsistencies } = JSON.parse(
        (await importer.run('plan', ...adoptionSources(variant), '--json')).text,
      ) as Plan;
      const expected = variant === 'clean' ? [] : FAULTS;
      expect(new Set(inconsistencies.map(({ name }) => name))).toEqual(new Set(expected.map(([name]) => name)));
      for (const [name, ...mentioned] of expected) {
        const ids = inconsistencies.filter((one) => one.name === name).flatMap((one) => one.ids);
        for (const text of mentioned) expect(ids.join()).toContain(text);
      }
      const { text } = await importer.run('plan', ...adoptionSources(variant));
      for (const [name] of expected) expect(text).toContain(`${name} (`);
    });

    it('writes everything once, and is done when it runs again', async () => {
      const first = await importer.run('run', ...adoptionSources(variant));
      expect(first.code).toBe(0);
      expect(countsOf(first.text)['machine']).toEqual([62, 0, 0, 0]);
      expect(countsOf(first.text)['ip']).toEqual([167, 0, 0, 0]);
      const second = await importer.run('run', ...adoptionSources(variant));
      expect(countsOf(second.text)['machine']).toEqual([0, 0, 62, 0]);
      const unchanged = Object.values(countsOf(second.text)).every(
        ([created, replaced, , removed]) => !created && !replaced && !removed,
      );
      expect(unchanged).toBe(true);
    });

    it('encrypts the secrets', async () => {
      const engine = createBareEngine(importer.config.store);
      await engine.open({ tables: ['bmc'], logs: [] });
      try {
        const { current } = await engine.read('bmc', '10f1bc81-448a-4a9e-a6b2-bc5b50c187fc');
        expect(current).toMatchObject({ user: 'metal', password: { key: expect.any(String) as string } });
        expect(JSON.stringify(current)).not.toContain('bmc-2-07-fixture');
      } finally {
        await engine.close();
      }
    });

    it('answers as the old server did, but for known improvements', async () => {
      const answers = adoptionFile(variant, 'answers');
      const { code, text } = await importer.run('verify', ...adoptionSources(variant), '--answers', answers);
      expect(text).toMatch(/^48\d answers compared, .* 0 unexplained differences/);
      expect(code).toBe(0);
    });

    it('recognizes answers of another installation', async () => {
      const answers = adoptionFile(variant === 'clean' ? 'dirty' : 'clean', 'answers');
      const { code, text } = await importer.run('verify', ...adoptionSources(variant), '--answers', answers);
      expect(code).toBe(1);
      expect(text).toMatch(/GET \/v1\/ip\/10\.4\.0\.15 tags/);
    });

    it('leaves no violations after its repair', async () => {
      const { done } = await fsck(['--offline', '--repair', '--yes'], () => importer.config);
      expect(done).toBe(true);
      expect((await fsck(['--offline'], () => importer.config)).out).toMatch(/^0 violations/);
    });

    it('refuses a target that servers have used, unless told to replace it', async () => {
      const refused = await importer.run('run', ...adoptionSources(variant)).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UsageError);
      expect(String(refused)).toContain('the target is in use');
      const { text } = await importer.run('run', ...adoptionSources(variant), '--replace');
      expect(countsOf(text)['machine']).toEqual([0, 0, 62, 0]);
    });
  });

describe('metal-api import', { shuffle: false }, () => {
  const importer = new Importer();
  afterAll(() => importer.remove());

  it.each([
    [['plan'], 'are needed, all three'],
    [['copy'], 'import needs plan, run, verify'],
    [['plan', '--rethinkdb', 'http://a', '--masterdata', 'x', '--ipam', 'y'], '--rethinkdb is not a URL'],
    [['verify', ...adoptionSources('clean')], 'needs --answers or --against'],
    [['plan', ...adoptionSources('clean'), '--replace'], '--replace goes with "import run"'],
    [['plan', ...adoptionSources('clean'), '--ipam', '/nowhere'], '/nowhere: cannot be read: ENOENT'],
    [
      ['plan', ...adoptionSources('clean'), '--ipam', adoptionFile('clean', 'masterdata.sql.gz')],
      'holds no data of prefixes',
    ],
    [['plan', ...adoptionSources('clean'), '--rethinkdb', adoptionFile('clean', 'ipam.sql.gz')], 'rethinkdb dump'],
  ])('says what is wrong with %j', async (args, message) => {
    await expect(importer.run(...args)).rejects.toThrow(message);
  });

  it('never shows a password', async () => {
    const args = ['--rethinkdb', 'rethinkdb://metal:geheim@127.0.0.1:1/metalapi', '--masterdata', 'a', '--ipam', 'b'];
    const error: unknown = await importer.run('plan', ...args).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain('RethinkDB 127.0.0.1:1/metalapi');
    expect(String(error)).not.toContain('geheim');
  });

  it('follows what has changed in the source since the last import', async () => {
    await importer.run('run', ...adoptionSources('dirty'));
    const { code, text } = await importer.run('run', ...adoptionSources('clean'));
    expect(code).toBe(0);
    expect(countsOf(text)).toMatchObject({ project: [0, 0, 6, 1], ip: [0, 2, 165, 0], switch: [0, 2, 8, 0] });
    expect(text).toContain('fsck: no violations');
  });
});

const SUITE = 'import from live databases';
describe.skipIf(!rethinkdbAvailable(SUITE) || !postgresAvailable(SUITE))(SUITE, { shuffle: false }, () => {
  let rethinkdb: RethinkServer;
  let postgres: PostgresServer;
  const importer = new Importer();

  beforeAll(async () => {
    [rethinkdb, postgres] = await Promise.all([RethinkServer.start(), PostgresServer.start()]);
    await restoreRethinkDb(rethinkdb.port, 'clean');
    await postgres.load('masterdata', adoptionFile('clean', 'masterdata.sql.gz'));
    await postgres.load('ipam', adoptionFile('clean', 'ipam.sql.gz'));
    await postgres.query(
      'masterdata',
      'CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader',
    );
    await postgres.query('ipam', 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader');
  }, 240_000);

  afterAll(async () => {
    await Promise.all([rethinkdb.stop(), postgres.stop()]);
    importer.remove();
  });

  it('reads the same as from the files, with users that may only read', async () => {
    await importer.run('run', ...adoptionSources('clean'));
    const { user, password } = READER;
    const reader = `${user}:${encodeURIComponent(password)}`;
    const live = [
      ...['--rethinkdb', `rethinkdb://${reader}@${rethinkdb.host}:${rethinkdb.port}/metalapi`],
      ...['--masterdata', postgres.url('masterdata', 'reader'), '--ipam', postgres.url('ipam', 'reader')],
    ];
    const { code, text } = await importer.run('run', ...live);
    expect(code).toBe(0);
    expect(text).toContain('No inconsistencies.');
    const unchanged = Object.values(countsOf(text)).every(
      ([created, replaced, , removed]) => !created && !replaced && !removed,
    );
    expect(unchanged).toBe(true);
  });

  it('writes into RethinkDB, too', async () => {
    const address = `${rethinkdb.host}:${rethinkdb.port}`;
    const target = { METAL_API_DB: 'rethinkdb', METAL_API_DB_ADDR: address, METAL_API_DB_NAME: 'imported' };
    const shared = new Importer({ ...target, METAL_API_ENCRYPTION: 'off' });
    try {
      const first = await shared.run('run', ...adoptionSources('dirty'));
      expect(first.code).toBe(0);
      expect(countsOf(first.text)['machine']).toEqual([62, 0, 0, 0]);
      const second = await shared.run('run', ...adoptionSources('clean'));
      expect(countsOf(second.text)).toMatchObject({
        project: [0, 0, 6, 1],
        ip: [0, 2, 165, 0],
        machine: [0, 0, 62, 0],
      });
      const answers = adoptionFile('clean', 'answers');
      const verified = await shared.run('verify', ...adoptionSources('clean'), '--answers', answers);
      expect(verified.text).toContain(' 0 unexplained differences');
      expect(verified.code).toBe(0);
    } finally {
      shared.remove();
    }
  });
});

const TLS_SUITE = 'import from RethinkDB with TLS';
describe.skipIf(!rethinkdbKillable(TLS_SUITE) || !installed(TLS_SUITE, 'openssl'))(
  TLS_SUITE,
  { shuffle: false },
  () => {
    const importer = new Importer();
    const folder = mkdtempSync(join(tmpdir(), 'metal-import-tls-'));
    let authority: TestAuthority;
    let rethinkdb: RethinkServer;

    beforeAll(async () => {
      authority = new TestAuthority(folder, 'authority');
      const { cert, key } = authority.issue('server', 'IP:127.0.0.1');
      rethinkdb = await RethinkServer.start(['--driver-tls-key', key, '--driver-tls-cert', cert]);
      await restoreRethinkDb(rethinkdb.port, 'clean', authority.pem);
      writeFileSync(join(folder, 'password'), `${READER.password}\n`);
    }, 240_000);

    afterAll(async () => {
      await rethinkdb?.stop();
      importer.remove();
      rmSync(folder, { recursive: true });
    });

    const sources = (ca: string, user = READER.user): string[] => [
      ...['--rethinkdb', `rethinkdb://${user}@127.0.0.1:${rethinkdb.port}/metalapi`],
      ...['--rethinkdb-password-file', join(folder, 'password'), '--rethinkdb-ca-file', ca],
      ...adoptionSources('clean').slice(2),
    ];

    it('reads with a user that may only read, and the password of a file', async () => {
      const { code, text } = await importer.run('run', ...sources(authority.cert));
      expect(code).toBe(0);
      expect(countsOf(text)['machine']).toEqual([62, 0, 0, 0]);
      expect(text).toContain('fsck: no violations');
    });

    it.each([
      [
        'the certificate of an unknown authority',
        () => sources(new TestAuthority(folder, 'stranger').cert),
        /certificate/,
      ],
      [
        'another user',
        () => sources(authority.cert, 'stranger'),
        /RethinkDB 127\.0\.0\.1:\d+\/metalapi.*(user|password)/i,
      ],
      [
        'no TLS',
        () => sources(authority.cert).filter((text) => text !== '--rethinkdb-ca-file' && text !== authority.cert),
        /RethinkDB 127\.0\.0\.1:\d+\/metalapi/,
      ],
    ])('is refused with %s, and says so', async (_, args, reason) => {
      const error: unknown = await importer.run('plan', ...args()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UsageError);
      expect(String(error)).toMatch(reason);
      expect(String(error)).not.toContain(READER.password);
    });
  },
);
