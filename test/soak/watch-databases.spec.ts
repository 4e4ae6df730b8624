import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.js';
import type { Database } from '../support/databases.js';
import { hmacHeaders } from '../support/hmac.js';
import { SEED } from '../support/property-seed.js';
import { within } from '../support/raw-client.js';
import { ServerProcess } from '../support/server-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** The client that the documentation shows. */
interface Client {
  watch(options: {
    readonly url: string;
    readonly query: Record<string, string>;
    readonly headers: () => Record<string, string>;
    readonly onChange: (objects: ReadonlyMap<string, unknown>) => void;
    readonly signal: AbortSignal;
  }): Promise<void>;
}

type Step =
  | { readonly do: 'write'; readonly replica: number; readonly id: string; readonly name: string }
  | { readonly do: 'remove'; readonly replica: number; readonly id: string }
  | { readonly do: 'cut' }
  | { readonly do: 'cut the database' }
  | { readonly do: 'delay'; readonly milliseconds: number }
  | { readonly do: 'lead'; readonly replica: number }
  | { readonly do: 'restart'; readonly replica: number; readonly orderly: boolean };

const replica = fc.nat({ max: 1 });
const id = fc.constantFrom('s1', 's2', 's3', 's4');
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ do: fc.constant('write' as const), replica, id, name: fc.string({ maxLength: 5 }) }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('remove' as const), replica, id }) },
    { weight: 3, arbitrary: fc.constantFrom({ do: 'cut' as const }, { do: 'cut the database' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('delay' as const), milliseconds: fc.constantFrom(0, 30, 150) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('lead' as const), replica }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), replica, orderly: fc.boolean() }) },
  ),
  { minLength: 25, maxLength: 40 },
);

const addressOf = (server: ServerProcess) => ({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
const KINDS = ['size', 'partition'];

describeOnDatabases('the final state of a watch', ({ kind, start }) => {
  let database: Database;
  let wire: TcpProxy | undefined;
  let door: TcpProxy;
  let client: Client;
  const servers: ServerProcess[] = [];

  const startServer = (): Promise<ServerProcess> =>
    ServerProcess.start({
      ...database.variables,
      ...(wire && { METAL_API_DB_ADDR: `127.0.0.1:${wire.port}` }),
    });

  beforeAll(async () => {
    database = await start();
    if (database.shared) wire = await TcpProxy.start(database.shared);
    for (let n = 0; n < (database.shared ? 2 : 1); n++) servers.push(await startServer());
    door = await TcpProxy.start(addressOf(servers[0]!));
    client = (await import(new URL('../../examples/watch.mjs', import.meta.url).href)) as Client;
  });
  afterAll(async () => {
    await door?.stop();
    for (const server of servers) await server.kill();
    await wire?.stop();
    await database?.stop();
  });

  /** Servers, proxies and the way between them: writes that fail while something is down are given up. */
  async function take(step: Step): Promise<void> {
    const index = 'replica' in step ? step.replica % servers.length : 0;
    const admin = servers[index]!.rest('admin');
    if (step.do === 'write') {
      const size = {
        id: step.id,
        name: step.name,
        constraints: [{ type: 'cores', min: Number(step.id[1]), max: Number(step.id[1]) }],
      };
      await admin.put('v1/size', size).catch(() => admin.post('v1/size', size).catch(() => undefined));
    } else if (step.do === 'remove') await admin.delete(`v1/size/${step.id}`).catch(() => undefined);
    else if (step.do === 'cut') door.cut();
    else if (step.do === 'cut the database') wire?.cut();
    else if (step.do === 'delay') door.delayAnswers(step.milliseconds);
    else if (step.do === 'lead') door.redirect(addressOf(servers[index]!));
    else if (step.do === 'restart') {
      await (step.orderly ? servers[index]!.stop() : servers[index]!.kill());
      servers[index] = await startServer();
      door.redirect(addressOf(servers[index]));
    }
  }

  async function lists(): Promise<Map<string, unknown>> {
    const all = new Map<string, unknown>();
    for (const name of KINDS) {
      for (const object of await servers[0]!.rest('viewer').get<{ id: string }[]>(`v1/${name}`)) {
        all.set(`${name}/${object.id}`, object);
      }
    }
    return all;
  }

  const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

  it(
    `is that of the lists on ${kind}, whatever is cut, delayed and restarted (seed ${SEED})`,
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const abort = new AbortController();
          let state: ReadonlyMap<string, unknown> = new Map();
          const done = client.watch({
            url: `http://127.0.0.1:${door.port}/`,
            query: { kinds: KINDS.join(',') },
            headers: () => hmacHeaders('viewer', 'GET'),
            onChange: (objects) => (state = new Map(objects)),
            signal: abort.signal,
          });
          for (const step of sequence) await take(step);
          door.delayAnswers(0);
          await take({ do: 'write', replica: 0, id: 's9', name: `last of ${sequence.length}` });
          await within(async () => expect(sorted(state)).toEqual(sorted(await lists())), 40_000);
          abort.abort();
          await done;
        }),
        { numRuns: 4, endOnFailure: true },
      );
    },
  );
});
