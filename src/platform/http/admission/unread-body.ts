import type { Socket } from 'node:net';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { after } from '../../../shared/concurrency/timers.js';
import type { Exchange } from './exchange.js';

/**
 * A request may be answered before its body has arrived, e.g. if the credential is invalid, the path unknown, or the
 * server overloaded. Such a body is not kept. A short rest is discarded and the connection is used again. A long one
 * ends the connection, and the response says so (`Connection: close`): otherwise the client would send its next request
 * on a connection that is about to be closed.
 *
 * Closing while the client still sends would reset the connection, and the client would see the reset instead of the
 * response. So the server closes its direction only, and discards for a moment what arrives (RFC 9112, section 9.6).
 */

/** Maximum size of a body that is discarded to keep the connection usable, in bytes. */
const WORTH_READING = 256 * 1024;
/** Maximum number of bytes that are discarded before a connection is closed. */
const DISCARDED = 8 * 1024 * 1024;
/** Time after the response until a connection with an unread body is closed, in milliseconds. */
const LINGER = 2000;
/** Interval between two checks of a lingering connection, in milliseconds. */
const CHECK = 50;

/**
 * Call it before the response headers are sent. Prepares the connection for an unread body. Returns whether the
 * response must end the connection.
 */
export function endsConnection(exchange: Exchange): boolean {
  const { request, connection } = exchange;
  if (!exchange.hasBody || request.complete) return false;
  // Node calls this method after the last response of a connection.
  connection.socket.destroySoon = () => lingerAndClose(exchange);
  return !isShort(exchange);
}

/** Call it after the response was sent. Discards a short rest of the body. */
export function drainUnreadBody(exchange: Exchange): void {
  const { request, connection } = exchange;
  const { socket } = connection;
  if (exchange.hasBody) delete (socket as Partial<Socket>).destroySoon;
  if (request.complete || socket.destroyed || !socket.writable) return;
  const worthReading = isShort(exchange);
  if (!worthReading) socket.pause();
  after(LINGER, () => {
    if (!request.complete || !worthReading) socket.destroy();
  });
}

const isShort = ({ announced }: Exchange): boolean => announced !== undefined && announced <= WORTH_READING;

function lingerAndClose({ request, connection: { socket } }: Exchange): void {
  const arrived = socket.bytesRead;
  let time = 0;
  const checks = new Scheduler(() => undefined);
  checks.every(CHECK, 'unread body', () => {
    time += CHECK;
    if (request.complete || time >= LINGER) socket.destroy();
    else if (socket.bytesRead - arrived > DISCARDED) socket.pause();
  });
  socket.once('close', () => void checks.stop());
  socket.end();
}
