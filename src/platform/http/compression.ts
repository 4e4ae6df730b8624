import type { Readable, Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { ProtocolError } from './errors/protocol-error.js';

/**
 * Decompresses gzip and deflate request bodies (docs/reference/http.md#content-negotiation). The size limit counts
 * decompressed bytes and stops the stream as soon as it is exceeded, so a small body that expands to gigabytes costs no
 * more than the limit. Throws `ProtocolError` 415 for other encodings.
 */
export function inflateBody(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload): RequestPayload {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return payload;
  const inflate = inflaterOf(encoding);
  if (inflate === undefined) {
    const message = `415: Unsupported Media Type\n\ncontent-encoding "${encoding}" is not supported, use gzip or deflate`;
    throw new ProtocolError(415, message);
  }
  return unpacked(payload, inflate, reply);
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
  // After an early response the body is no longer read: release the connection's bytes and the memory of the
  // decompressor.
  reply.raw.once('close', () => {
    payload.unpipe(result);
    result.destroy();
  });
  return result;
}
