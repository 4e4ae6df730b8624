import type { Readable, Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { ProtocolError } from './errors/protocol-error.js';

type Done = (error: Error | null, payload?: RequestPayload) => void;

/**
 * Unpacks gzip and deflate request bodies (reference/40 §1.2). The size limit counts unpacked bytes and stops the
 * stream as soon as it is passed, so a small body that unpacks to gigabytes costs no more than the limit.
 */
export function inflateBody(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload, done: Done): void {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return done(null, payload);
  const inflate = inflaterOf(encoding);
  if (inflate === undefined) {
    const message = `415: Unsupported Media Type\n\ncontent-encoding "${encoding}" is not supported, use gzip or deflate`;
    return done(new ProtocolError(415, message));
  }
  done(null, unpacked(payload, inflate, reply));
}

function inflaterOf(encoding: string): Transform | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  return encoding === 'deflate' ? createInflate() : undefined;
}

function unpacked(payload: Readable, inflate: Transform, reply: FastifyReply): RequestPayload {
  const result = inflate as Transform & { receivedEncodedLength: number };
  result.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => (result.receivedEncodedLength += chunk.length));
  payload.pipe(result);
  // After an early answer nobody reads on: let go of the connection's bytes and of the unpacker's memory.
  reply.raw.once('close', () => {
    payload.unpipe(result);
    result.destroy();
  });
  return result;
}
