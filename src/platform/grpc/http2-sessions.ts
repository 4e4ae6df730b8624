import { constants } from 'node:http2';
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { after } from '../../shared/concurrency/timers.js';

/** How much a call may send before it is read, in bytes; the default of HTTP/2 is four times as much. */
export const STREAM_WINDOW = 16 * 1024;

/** Timeout for acknowledging the settings, in milliseconds: a client that has not done so may not respect them. */
const SETTINGS_TIMEOUT = 30_000;

/** How long a client may keep an answered call open, in milliseconds. */
const LINGER = 2_000;

/**
 * Limits the resources that HTTP/2 itself keeps per call, for which the library has no options: flow control windows,
 * and answered calls that their client does not end. Throws if the internals of the library have changed.
 */
export function limitSessions(server: Server): void {
  const { http2Servers } = server as unknown as { http2Servers?: ReadonlyMap<Http2Server, unknown> };
  if (!http2Servers || http2Servers.size === 0) throw new Error('cannot find the HTTP/2 servers in @grpc/grpc-js');
  for (const each of http2Servers.keys()) {
    each.on('session', guardSession);
    each.on('stream', endAfterAnswer);
  }
}

function guardSession(session: ServerHttp2Session): void {
  session.settings({ initialWindowSize: STREAM_WINDOW });
  const cancel = after(SETTINGS_TIMEOUT, () => {
    if (session.pendingSettingsAck) session.destroy();
  });
  session.once('close', cancel);
}

/** Data that a client sends after the response is not read (RFC 9113 §8.1). Most calls end on their own immediately. */
function endAfterAnswer(stream: ServerHttp2Stream): void {
  stream.once('finish', () => {
    // Not immediately: the status must be sent first.
    const cancel = after(LINGER, () => stream.close(constants.NGHTTP2_NO_ERROR));
    stream.once('close', cancel);
  });
}
