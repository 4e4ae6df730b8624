import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConnectionLimiter } from './connection-limiter.js';
import { Exchange } from './exchange.js';

/** A socket with an address that records whether it was destroyed. */
class FakeSocket extends EventEmitter {
  destroyed = false;

  constructor(
    readonly name: string,
    readonly remoteAddress: string,
  ) {
    super();
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function connections(limit: number) {
  const refusals: string[] = [];
  const all = new ConnectionLimiter(limit, (reason) => refusals.push(reason));
  const sockets: FakeSocket[] = [];
  const asSocket = (socket: FakeSocket) => socket as unknown as Socket;
  return {
    all,
    refusals,
    open: (name: string, address = '10.0.0.1'): FakeSocket => {
      const socket = new FakeSocket(name, address);
      sockets.push(socket);
      all.accept(asSocket(socket));
      return socket;
    },
    request: (socket: FakeSocket): Exchange => {
      const request = { headers: {} } as IncomingMessage;
      const exchange = new Exchange(request, {} as ServerResponse, all.of(asSocket(socket))!, false);
      all.begin(exchange);
      return exchange;
    },
    closed: () => sockets.filter(({ destroyed }) => destroyed).map(({ name }) => name),
    of: (socket: FakeSocket) => all.of(asSocket(socket)),
  };
}

describe('ConnectionLimiter', () => {
  it('closes the oldest silent connection when a new one exceeds the limit', () => {
    const { open, closed, refusals } = connections(3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) open(name);
    expect(closed()).toEqual(['a', 'b']);
    expect(refusals).toEqual(['idle-connection', 'idle-connection']);
  });

  it('closes an idle new connection rather than one that has served requests', () => {
    const { all, open, request, closed } = connections(3);
    const [kept] = [open('kept'), open('silent'), open('silent, too')];
    all.finish(request(kept));
    open('new');
    open('newer');
    expect(closed()).toEqual(['silent', 'silent, too']);
  });

  it('closes a connection that has served requests if all have', () => {
    const { all, open, request, closed } = connections(2);
    for (const socket of [open('a'), open('b')]) all.finish(request(socket));
    open('new');
    expect(closed()).toEqual(['a']);
  });

  it('never closes a connection with a request in progress', () => {
    const { all, open, request, closed, refusals } = connections(2);
    const exchanges = [request(open('a')), request(open('b'))];
    const third = open('c');
    expect(closed()).toEqual([]);
    expect(all.of(third as unknown as Socket)!.reserve).toBe(true);
    all.finish(exchanges[1]!);
    open('d');
    expect(closed(), 'only b and c were idle').toHaveLength(1);
    expect(refusals).toEqual(['idle-connection']);
  });

  it('treats a connection as busy until its last pipelined request has finished', () => {
    const { all, open, request, closed } = connections(1);
    const socket = open('a');
    const [first, second] = [request(socket), request(socket)];
    all.finish(first);
    open('b');
    expect(closed()).toEqual([]);
    all.finish(second);
    open('c');
    open('d');
    expect(closed()).toContain('a');
  });

  it('closes connections of the address with the most idle ones', () => {
    const { open, closed } = connections(5);
    open('alone', '10.0.0.9');
    for (const name of ['f1', 'f2', 'f3', 'f4']) open(name, '10.0.0.66');
    open('other', '10.0.0.10');
    open('another', '10.0.0.11');
    expect(closed()).toEqual(['f1', 'f2']);
  });

  it('ends the requests of a closed connection exactly once', () => {
    const { all, open, request, of } = connections(2);
    const socket = open('a');
    const exchange = request(socket);
    let ends = 0;
    exchange.onEnd(() => ends++);
    socket.destroy();
    all.finish(exchange);
    expect({ ends, size: all.size, of: of(socket) }).toEqual({ ends: 1, size: 0, of: undefined });
  });

  it('refuses connections beyond its reserve if all are busy', () => {
    const { all, open, request, closed, refusals } = connections(1);
    for (let i = 0; i < 65; i++) request(open(`busy ${i}`));
    open('beyond');
    expect(closed()).toEqual(['beyond']);
    expect(refusals).toEqual(['connection']);
    expect(all.size).toBe(65);
  });
});
