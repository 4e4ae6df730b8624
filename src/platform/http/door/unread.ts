import type { Exchange } from './exchange.js';

/** As much of a body is thrown away so that the connection can be used again, in bytes; more is not read. */
const WORTH_READING = 256 * 1024;
/** Milliseconds after the answer until a connection with an unread body is closed. */
const LINGER = 2000;

/**
 * Call it when the answer is out. A request may be answered before its body has come: the credential does not hold, or the path is unknown. Such a body is
 * not kept. A short rest is thrown away; of a long one nothing more is read. Closing at once would reset the connection, and
 * a client in the middle of sending would see that instead of the answer.
 */
export function lingerForUnread({ request, connection: { socket }, announced }: Exchange): void {
  if (request.complete || socket.destroyed) return;
  const isShort = announced !== undefined && announced <= WORTH_READING;
  if (!isShort) socket.pause();
  setTimeout(() => {
    if (!request.complete || !isShort) socket.destroy();
  }, LINGER).unref();
}
