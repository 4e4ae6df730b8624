import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ok, problem, skipped } from './finding.js';
import type { Result } from './finding.js';

/** Where metalctl looks for the console server: at the host name of the API. */
export const CONSOLE_PORT = 5222;

/** Time for a server to answer; less than a check has, since a firewall that drops packets is in order, too. */
const ANSWER_MS = 5000;

/** Bytes of an identification line (RFC 4253 §4.2), which a server may send before the client says anything. */
const MOST = 255;

/** Whether an SSH server answers for serial consoles. None at all is in order: not every installation has one. */
export async function serialConsoles(host: string, signal: AbortSignal, port = CONSOLE_PORT): Promise<Result> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, signal: patience });
  let isConnected = false;
  socket.on('connect', () => (isConnected = true));
  const place = `${host}:${port}`;
  const next =
    `Let port ${port} lead to the console server without a proxy for HTTP or TLS in between: "nc ${host} ${port}" must show ` +
    'SSH-2.0-… (docs/guide/serial-console.md).';
  try {
    const line = await firstLine(socket);
    if (line.startsWith('SSH-2.0-')) return ok(`an SSH server answers at ${place}`);
    return problem(
      line === '' ? `${place} ends connections at once` : `what answers at ${place} is not an SSH server`,
      next,
    );
  } catch (error) {
    if (isConnected) return problem(`${place} accepts connections and says nothing`, next);
    const { code } = error as NodeJS.ErrnoException;
    return skipped(`no console server at ${place}: ${patience.aborted ? 'no answer' : (code ?? String(error))}`);
  } finally {
    socket.destroy();
  }
}

/** The text up to the first line break, the end or the limit. */
async function firstLine(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket as AsyncIterable<Buffer>) {
    text += piece.toString('latin1');
    if (text.includes('\n') || text.length >= MOST) break;
  }
  return text;
}
