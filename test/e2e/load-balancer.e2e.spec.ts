import { status as GrpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { DomainError } from '../../src/shared/errors/domain-error.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { override } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { grpcCall } from '../support/grpc-call.js';
import { hmacHeaders } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { Balancer } from '../support/upgrade/balancer.js';
import type { Ports } from '../support/upgrade/balancer.js';

const LOST = 'the database did not answer';

/** A replica whose connection to the database can be lost. */
class CuttableReplica {
  isCut = false;
  app!: TestApp;
  ports!: Ports;

  async start(database: MemoryEngine): Promise<this> {
    const unlessCut = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (this.isCut) throw new DomainError('unavailable', LOST);
        return act(...args);
      };
    };
    const engine = override(database, {
      version: unlessCut(() => database.version()),
      insert: unlessCut((table, content) => database.insert(table, content)),
      replace: unlessCut((table, content, revision) => database.replace(table, content, revision)),
    });
    this.app = await startTestApp({}, { engine });
    this.ports = [Number(new URL(this.app.url).port), await this.app.app.get(GrpcServer).start()];
    return this;
  }
}

describe.skipIf(!installed('the load balancer', 'haproxy'))('two replicas behind HAProxy', { shuffle: false }, () => {
  const replicas: CuttableReplica[] = [];
  let balancer: Balancer;

  beforeAll(async () => {
    const database = new MemoryEngine();
    for (const replica of [new CuttableReplica(), new CuttableReplica()]) replicas.push(await replica.start(database));
    balancer = await Balancer.start([replicas[0]!.ports, replicas[1]!.ports]);
  });
  afterAll(async () => {
    await balancer?.stop();
    await Promise.all(replicas.map(({ app }) => app.close()));
  });

  const ready = (): Promise<Response> => fetch(`${balancer.url}ready`);
  const list = (): Promise<Response> => fetch(`${balancer.url}v1/size`, { headers: hmacHeaders('viewer', 'GET') });
  const create = (id: string): Promise<Response> =>
    fetch(`${balancer.url}v1/size`, {
      method: 'PUT',
      headers: { ...hmacHeaders('admin', 'PUT'), 'content-type': 'application/json' },
      body: JSON.stringify({ id, constraints: [] }),
    });
  const boot = (): Promise<unknown> =>
    grpcCall(`127.0.0.1:${balancer.ports[1]}`, 'api.v1.BootService/Dhcp', {
      uuid: '00000000-0000-4000-8000-000000000001',
      partition: 'p1',
    }).then(
      () => GrpcStatus.OK,
      (error: unknown) => error,
    );

  it('send everything to the one that is ready', async () => {
    replicas[0]!.isCut = true;
    await balancer.leaves('one');
    const answers = await Promise.all(Array.from({ length: 20 }, ready));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    replicas[0]!.isCut = false;
    await balancer.takes('one');
  });

  it('read, and say why they cannot write, while neither is ready', async () => {
    for (const replica of replicas) replica.isCut = true;
    for (const name of ['one', 'two'] as const) await balancer.leaves(name);
    const answer = await ready();
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ready: false, obstacles: [`the store does not respond: ${LOST}`] },
    ]);
    expect((await list()).status).toBe(200);
    const refused = await create('s1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(errorOf({ body: await refused.json() }).message).toBe(LOST);
    expect(await boot()).toMatchObject({ code: GrpcStatus.UNAVAILABLE, details: LOST });
  });

  it('are used as before as soon as one is ready', async () => {
    replicas[1]!.isCut = false;
    await balancer.takes('two');
    const answers = await Promise.all(Array.from({ length: 20 }, ready));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await create('s1')).status).toBe(201);
  });

  it('leave the answer to HAProxy when neither runs', async () => {
    await Promise.all(replicas.map(({ app }) => app.close()));
    // Until it does, a connection to a server that closes may end without an answer.
    const isHaProxys = (): Promise<boolean> =>
      ready().then(
        ({ headers }) => headers.get('x-request-id') === null,
        () => false,
      );
    await eventually('HAProxy notices', isHaProxys);
    expect((await ready()).status).toBe(503);
  });
});
