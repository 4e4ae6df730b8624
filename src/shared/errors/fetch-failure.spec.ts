import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { fetchFailure } from './fetch-failure.js';

it.each(['127.0.0.1', 'localhost'])('reports why the connection to %s failed', async (host) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect(await fetch(`http://${host}:${port}`).then(String, fetchFailure)).toContain('ECONNREFUSED');
});

it('accepts any thrown value', () => {
  expect(fetchFailure('gone')).toBe('gone');
  expect(fetchFailure(new TypeError('', { cause: new Error('why') }))).toBe('why');
});
