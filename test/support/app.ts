import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import type { Test } from 'supertest';
import { createApp } from '../../src/app.js';
import type { AppParts } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import type { Config } from '../../src/config/config.js';
import type { Role } from '../../src/platform/auth/role.js';
import { hmacHeaders } from './hmac.js';

export type TestRole = Role | 'nobody';
export type Method = 'get' | 'put' | 'post' | 'delete';

/** The complete application on a free loopback port, with the memory engine and the in-process bus. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  /** `http://127.0.0.1:<port>`, without base path. */
  readonly url: string;
  /** Sends requests with one role: `await as('admin').put('/v1/image').send({…}).expect(201)`. */
  as(role: TestRole): Record<Method, (path: string) => Test>;
  close(): Promise<void>;
}

/** Starts the application with the keys of dev mode; `variables` are further METAL_API_* settings. */
export async function startTestApp(variables: Record<string, string> = {}, parts: AppParts = {}): Promise<TestApp> {
  const config = testConfig(variables);
  const app = await createApp(config, parts);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return { app, config, url, as: (role) => agent(url, role), close: () => app.close() };
}

/** Configuration of a server for tests; defaults to the memory engine, free ports and no log output. */
export function testConfig(variables: Record<string, string> = {}): Config {
  return loadConfig({
    METAL_API_DEV: 'true',
    METAL_API_DB: 'memory',
    METAL_API_PORT: '0',
    METAL_API_GRPC_PORT: '0',
    METAL_API_METRICS_SERVER_BIND_ADDR: ':0',
    METAL_API_LOG_LEVEL: 'silent',
    ...variables,
  });
}

function agent(url: string, role: TestRole): Record<Method, (path: string) => Test> {
  const send = (method: Method) => (path: string) => {
    const request = supertest(url)[method](path);
    return role === 'nobody' ? request : request.set(hmacHeaders(role, method.toUpperCase()));
  };
  return { get: send('get'), put: send('put'), post: send('post'), delete: send('delete') };
}

/** The object inside an error body, which is a JSON string (docs/reference/client-conventions.md#error-body). */
export function errorOf({ body }: { body: unknown }): { statuscode: number; message: string } {
  if (typeof body !== 'string') throw new Error(`not the JSON string of an error: ${JSON.stringify(body)}`);
  return JSON.parse(body) as { statuscode: number; message: string };
}
