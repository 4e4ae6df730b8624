import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { createApp } from '../../src/app.js';
import { sizeTable } from '../../src/modules/size/size.table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { errorOf, startTestApp, testConfig } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS, hmacHeaders } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { tableOf } from '../support/machines.js';
import { freePort } from '../support/port.js';
import { Balancer } from '../support/upgrade/balancer.js';
import { WatchReader } from '../support/watch-reader.js';

/** The client that the documentation shows. */
type Client = (options: {
  readonly url: string;
  readonly query: Record<string, string>;
  readonly headers: () => Record<string, string>;
  readonly onChange: (objects: ReadonlyMap<string, { readonly name?: string }>) => void;
  readonly signal: AbortSignal;
}) => Promise<void>;

/** Two replicas behind the load balancer of `deploy`; the second one is not up until a test starts it. */
describe.skipIf(!installed('watch behind a load balancer', 'haproxy'))(
  'a watch behind HAProxy',
  { shuffle: false },
  () => {
    const database = new MemoryEngine();
    let one: TestApp;
    let balancer: Balancer;
    let portOfTwo: number;
    const readers: WatchReader[] = [];

    beforeAll(async () => {
      one = await startTestApp({}, { engine: database });
      portOfTwo = await freePort();
      const unused = await freePort();
      const portOfOne = Number(new URL(one.url).port);
      balancer = await Balancer.start([
        [portOfOne, unused],
        [portOfTwo, unused],
      ]);
      await one.as('admin').put('/v1/size').send(size('s1', 'first')).expect(201);
    });
    afterAll(async () => {
      for (const reader of readers) reader.close();
      await balancer?.stop();
      await one?.close();
    });

    const size = (id: string, name: string) => ({
      id,
      name,
      constraints: [{ type: 'cores', min: Number(id[1]), max: Number(id[1]) }],
    });
    const rename = (name: string): Promise<unknown> =>
      tableOf(one, sizeTable).update('s1', (current) => ({ ...current, name }));
    const last = (reader: WatchReader): unknown =>
      (reader.objects.get('size/s1') as { name: string } | undefined)?.name;

    async function open(cursor?: string): Promise<WatchReader> {
      const credential = { ...hmacHeaders('viewer', 'GET'), ...(cursor !== undefined && { 'last-event-id': cursor }) };
      const reader = await WatchReader.open(balancer.url, 'watch?kinds=size', credential);
      readers.push(reader);
      return reader;
    }
    const complete = (reader: WatchReader) => eventually('the reader is complete', () => reader.isComplete);
    const ended = (reader: WatchReader) => eventually('the connection ends', () => reader.ended);

    it('passes each event on at once, although hardly any bytes follow', async () => {
      const reader = await open();
      expect(reader.status).toBe(200);
      expect([reader.headers.get('content-length'), reader.headers.get('content-encoding')]).toEqual([null, null]);
      await complete(reader);
      for (const name of ['a', 'b', 'c']) {
        await rename(name);
        // The server is silent for 15 s then: a proxy that gathers bytes would keep the event for longer than this waits.
        await eventually(`the name ${name} arrives`, () => last(reader) === name);
      }
      expect(reader.comments, 'no heartbeat pushed them').toEqual([]);
    });

    it('goes on while HAProxy reloads, and where it was when the old process is cut', async () => {
      const reader = await open();
      await complete(reader);
      await balancer.haproxy.reload();
      await rename('during the reload');
      await eventually('the open watch goes on', () => last(reader) === 'during the reload');
      await balancer.haproxy.cutFormer();
      await ended(reader);
      await rename('never seen');
      await rename('after the cut');
      const again = await open(reader.cursor);
      await complete(again);
      expect(again.story).toEqual(['put size/s1', 'bookmark']);
      expect(last(again)).toBe('after the cut');
    });

    it('is resumed after HAProxy was killed, with what was changed and removed', async () => {
      await one.as('admin').put('/v1/size').send(size('s2', 'doomed')).expect(201);
      const reader = await open();
      await complete(reader);
      await balancer.haproxy.kill();
      await ended(reader);
      await one.as('admin').delete('/v1/size/s2').expect(200);
      await rename('while HAProxy was down');
      await balancer.haproxy.run();
      const again = await open(reader.cursor);
      await complete(again);
      expect([...again.story].sort()).toEqual(['bookmark', 'put size/s1', 'removed size/s2']);
      expect(last(again)).toBe('while HAProxy was down');
    });

    it('must list again on the other replica, which does not know the cursor', async () => {
      const { watch } = (await import(new URL('../../examples/watch.mjs', import.meta.url).href)) as { watch: Client };
      const end = new AbortController();
      let seen: string | undefined;
      const client = watch({
        url: balancer.url,
        query: { kinds: 'size' },
        headers: () => hmacHeaders('viewer', 'GET'),
        onChange: (objects) => (seen = objects.get('size/s1')?.name),
        signal: end.signal,
      });
      const reader = await open();
      await complete(reader);
      await eventually('the client has the state', () => seen === 'while HAProxy was down');
      const two = await createApp(testConfig(), { engine: database });
      await two.listen(portOfTwo, '127.0.0.1');
      try {
        await one.close();
        await ended(reader);
        await eventually('the other replica answers', async () => (await fetch(`${balancer.url}ready`)).ok);
        const refused = await open(reader.cursor);
        expect(refused.status).toBe(410);
        expect(errorOf({ body: JSON.parse(refused.body) }).message).toContain('list again');
        const admin = new RestClient({ url: balancer.url, role: 'admin', key: DEV_KEYS.admin });
        await admin.post('v1/size', size('s1', 'on the other replica'));
        await eventually('the client has listed again', () => seen === 'on the other replica');
      } finally {
        end.abort();
        await client;
        await two.close();
      }
    });
  },
);
