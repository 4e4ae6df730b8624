import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serialConsoles } from './serial-consoles.js';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    answer(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const check = (port: number, signal = new AbortController().signal) => serialConsoles('127.0.0.1', signal, port);

describe('the check of serial consoles', () => {
  it.each([
    ['an SSH server', (socket: Socket) => socket.write('SSH-2.0-metal-console\r\n'), 'ok'],
    ['one that sends its line in pieces', (socket: Socket) => socket.write('SSH-') && socket.write('2.0-x\n'), 'ok'],
    ['old SSH', (socket: Socket) => socket.write('SSH-1.5-x\n'), 'problem'],
    ['an HTTP server', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n'), 'problem'],
    ['a flood without a line', (socket: Socket) => socket.write('x'.repeat(100_000)), 'problem'],
    ['a proxy without a server', (socket: Socket) => socket.end(), 'problem'],
  ])('with %s', async (_, answer, status) => {
    const result = await check(await serve((socket) => void answer(socket)));
    expect(result.status).toBe(status);
    if (status === 'problem') expect(result.next).toContain('docs/guide/serial-console.md');
  });

  it('is skipped where nothing listens', async () => {
    const port = await serve(() => undefined);
    servers[0]!.close();
    expect(await check(port)).toMatchObject({ status: 'skipped', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('reports a server that stays silent until the time is over', async () => {
    const controller = new AbortController();
    const port = await serve(() => undefined);
    const abortOnceConnected = (message: unknown): void =>
      void (message as { socket: Socket }).socket.once('connect', () => controller.abort());
    subscribe('net.client.socket', abortOnceConnected);
    try {
      expect(await check(port, controller.signal)).toMatchObject({ status: 'problem' });
    } finally {
      unsubscribe('net.client.socket', abortOnceConnected);
    }
  });

  it('is skipped if nothing answers before the time is over', async () => {
    const port = await serve(() => undefined);
    const result = await check(port, AbortSignal.abort());
    expect(result).toMatchObject({ status: 'skipped', message: expect.stringContaining('no answer') });
  });
});
