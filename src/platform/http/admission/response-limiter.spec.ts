import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Exchange } from './exchange.js';
import { ResponseLimiter } from './response-limiter.js';

const MEBIBYTE = 1024 * 1024;

/** A read of one caller; `end` ends it, `status` is that of a refusal. */
function read() {
  const ends: (() => void)[] = [];
  let status: number | undefined;
  const exchange = { caller: 'viewer', onEnd: (end: () => void) => void ends.push(end) };
  const request = { method: 'GET', routeOptions: { config: {} } };
  const reply = {
    getHeader: () => undefined,
    removeHeader: () => reply,
    header: () => reply,
    code: (code: number) => {
      status = code;
      return reply;
    },
  };
  return {
    send: (limiter: ResponseLimiter, payload: unknown, held: number): unknown =>
      limiter.outgoing(
        exchange as unknown as Exchange,
        request as unknown as FastifyRequest,
        reply as unknown as FastifyReply,
        payload,
        held,
      ),
    end: () => ends.forEach((end) => end()),
    status: () => status,
  };
}

describe('the limit of responses', () => {
  it('counts what a stream holds besides its chunk, until the response has ended', () => {
    const limiter = new ResponseLimiter(100 * MEBIBYTE);
    const payload = Readable.from(['x']);
    const first = read();
    expect(first.send(limiter, payload, 30 * MEBIBYTE)).toBe(payload);
    const second = read();
    expect(second.send(limiter, payload, 30 * MEBIBYTE)).not.toBe(payload);
    expect([429, 503]).toContain(second.status());
    const small = read();
    expect(small.send(limiter, payload, 0)).toBe(payload);
    first.end();
    const third = read();
    expect(third.send(limiter, payload, 30 * MEBIBYTE)).toBe(payload);
  });
});
