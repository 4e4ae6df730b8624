import { Module } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { startTestApp, testConfig } from '../../../test/support/app.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { GrpcCaller } from './caller.js';
import { anyClient, GrpcHandlers, GrpcOperation, GrpcStream } from './operation.js';
import { routesOf } from './registration.js';
import type { Stream, UnaryCall } from './routes.js';

const service = { file: 'api/v1/event.proto', name: 'api.v1.EventService' };
const common = { service, access: anyClient, audit: 'include' } as const;
const caller: GrpcCaller = { name: 'fra', certificate: '', address: '10.0.0.1', peer: '10.0.0.1:5' };

@GrpcHandlers()
class Undeclared {
  @GrpcOperation({ ...common, method: 'Send' })
  async send(): Promise<object> {
    return {};
  }
  async receive(): Promise<object> {
    return {};
  }
}

class Unmarked {
  @GrpcOperation({ ...common, method: 'Send' })
  async send(): Promise<object> {
    return {};
  }
}

@Module({ providers: [Undeclared] })
class UndeclaredModule {}
@Module({ providers: [Unmarked] })
class UnmarkedModule {}

describe('the server does not start', () => {
  it.each([
    [
      'a handler without a decorator',
      UndeclaredModule,
      'Undeclared.receive has neither @GrpcOperation nor @GrpcStream',
    ],
    [
      'an operation in another class',
      UnmarkedModule,
      'Unmarked.send is a gRPC operation, but its class has no @GrpcHandl',
    ],
  ])('with %s', (_, module, message) => expect(startTestApp({}, { modules: [module] })).rejects.toThrow(message));
});

describe('routesOf', () => {
  const config = testConfig();

  @GrpcHandlers()
  class Events {
    readonly known = 'm1';

    @GrpcOperation({
      ...common,
      method: 'Send',
      access: ({ name }, { grpc }) => {
        if (name !== 'fra') throw new DomainError('forbidden', 'not you');
        return grpc.rates.events;
      },
      audit: (request: string, { known }: Events) => request !== known,
      rate: { what: 'events', perSecond: ({ grpc }) => grpc.rates.events },
    })
    async send(request: string, { check }: UnaryCall<number>): Promise<object> {
      return { request, check, known: this.known };
    }

    @GrpcStream({ ...common, method: 'Watch', audit: 'exclude' })
    async watch(_: object, stream: Stream<object>): Promise<void> {
      stream.send({});
    }
  }

  it('resolves access, audit, rate and handler of an operation', async () => {
    const [{ routes } = { routes: undefined }] = routesOf([new Events(), {}], config);
    const send = routes!.get('Send')!;
    expect(send).toMatchObject({ kind: 'unary', rate: { what: 'events', perSecond: config.grpc.rates.events } });
    expect(() => send.access({ ...caller, name: 'ber' })).toThrow('not you');
    const check = send.access(caller);
    expect(await send.handle('m2' as never, { caller, check } as never)).toEqual({
      request: 'm2',
      check: config.grpc.rates.events,
      known: 'm1',
    });
    expect([send.recorded('m1' as never), send.recorded('m2' as never)]).toEqual([false, true]);
    expect(routes!.get('Watch')).toMatchObject({ kind: 'stream' });
    expect(routes!.get('Watch')!.recorded({} as never)).toBe(false);
  });

  it('rejects two handlers for one method', () =>
    expect(() => routesOf([new Events(), new Events()], config)).toThrow('two handlers for Send'));
});
