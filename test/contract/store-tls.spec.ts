import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseTls } from '../../src/platform/store/rethinkdb/pooled-connection.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../src/platform/store/store.js';
import { defineTable, type Document } from '../../src/platform/store/table.js';
import { TestAuthority, type Certificate } from '../support/test-authority.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { RethinkServer, rethinkdbKillable } from '../support/rethinkdb.js';

const available = rethinkdbKillable('TLS to RethinkDB') && installed('TLS to RethinkDB', 'openssl');

const boxes = defineTable<Document>()({ name: 'box' });

describe.skipIf(!available)('RethinkDB with mutual TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-tls-'));
  let authority: TestAuthority;
  let stranger: TestAuthority;
  let client: Certificate;
  let server: RethinkServer;

  beforeAll(async () => {
    authority = new TestAuthority(folder, 'authority');
    stranger = new TestAuthority(folder, 'stranger');
    const { cert, key } = authority.issue('server', 'DNS:db.example');
    client = authority.issue('client', 'DNS:metal-api');
    const files = { key, cert, ca: authority.cert };
    server = await RethinkServer.start(Object.entries(files).flatMap(([name, path]) => [`--driver-tls-${name}`, path]));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const read = ({ cert, key }: Certificate) => ({ cert: readFileSync(cert), key: readFileSync(key) });
  const right = (): DatabaseTls => ({ ca: authority.pem, client: read(client), serverName: 'db.example' });

  it('supports reads, writes and change feeds', async () => {
    const options = { ...server.options(), tls: right() };
    const stores = [new Store(new RethinkEngine(options)), new Store(new RethinkEngine(options))];
    const [a, b] = stores.map((store) => store.table(boxes));
    for (const store of stores) await store.start();
    await a!.insert({ id: 'a' });
    await eventually('the other process sees it', () => b!.get('a') !== undefined);
    expect((await stores[0]!.health()).version).toMatch(/^rethinkdb 2\./);
    for (const store of stores) await store.stop();
  });

  it.each([
    ['no TLS', () => undefined, /handshake|closed|reset|timed? ?out|connect/i],
    ['an unknown authority', () => ({ ...right(), ca: stranger.pem }), /certificate/i],
    ["only the system's authorities", () => ({ ...right(), ca: undefined }), /certificate/i],
    ['another server name', () => ({ ...right(), serverName: 'evil.example' }), /evil\.example/],
    ['an address without a server name', () => ({ ...right(), serverName: undefined }), /127\.0\.0\.1/],
    ['no client certificate', () => ({ ...right(), client: undefined }), /alert|certificate|closed|reset/i],
    [
      'a certificate of another authority',
      () => ({ ...right(), client: read(stranger.issue('intruder', 'DNS:metal-api')) }),
      /alert|certificate|closed|reset/i,
    ],
  ])('fails with %s and reports the reason', async (_, tls, reason) => {
    const told: string[] = [];
    const report = (message: string): void => void told.push(message);
    const engine = new RethinkEngine({ ...server.options(), tls: tls(), report });
    const opened = engine.open({ tables: ['box'], logs: [] }).then(
      () => 'opened',
      (error: unknown) => told.push(String(error)),
    );
    await eventually('a reason is reported', () => told.length > 0);
    await engine.close();
    expect(await opened).not.toBe('opened');
    expect(told[0]).toMatch(reason);
    expect(told.join()).not.toContain('PRIVATE KEY');
  });
});
