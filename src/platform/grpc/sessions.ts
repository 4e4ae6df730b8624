import { constants } from 'node:http2';
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/** What one call may send before its turn to be read, in bytes; the default of HTTP/2 is four times as much. */
export const STREAM_WINDOW = 16 * 1024;

/** A client that has not acknowledged the settings by then is cut off, in milliseconds: it may not keep to them. */
const SETTINGS_TIMEOUT = 30_000;

/** How long a client may leave an answered call open, in milliseconds. */
const LINGER = 2_000;

/**
 * Bounds what HTTP/2 itself keeps for each call, of which the library has no option: flow control, and calls that were
 * answered while their client has not ended them. Throws when the library does not have its servers where they were.
 */
export function guardSessions(server: Server): void {
  const { http2Servers } = server as unknown as { http2Servers?: ReadonlyMap<Http2Server, unknown> };
  if (!http2Servers || http2Servers.size === 0) throw new Error('@grpc/grpc-js keeps its HTTP/2 servers elsewhere');
  for (const each of http2Servers.keys()) {
    each.on('session', guardSession);
    each.on('stream', endAfterAnswer);
  }
}

function guardSession(session: ServerHttp2Session): void {
  session.settings({ initialWindowSize: STREAM_WINDOW });
  const timer = setTimeout(() => {
    if (session.pendingSettingsAck) session.destroy();
  }, SETTINGS_TIMEOUT).unref();
  session.once('close', () => clearTimeout(timer));
}

/** Whatever a client sends after the answer is not read (RFC 9113 §8.1). Most calls end by themselves at once. */
function endAfterAnswer(stream: ServerHttp2Stream): void {
  stream.once('finish', () => {
    // Not at once: the status is yet to be sent.
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), LINGER).unref();
    stream.once('close', () => clearTimeout(timer));
  });
}
