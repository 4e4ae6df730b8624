import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { Method, TestApp } from '../support/app.js';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string }[];
}

const { paths } = JSON.parse(readFileSync('spec/metal-api.json', 'utf8')) as {
  paths: Record<string, Record<Method, Operation>>;
};

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, parameters = [] }]) => ({
    operationId,
    method: method as Method,
    path,
    hasBody: parameters.some((parameter) => parameter.in === 'body'),
  })),
);

/** Not configured here: they report that before any other check. */
const DISABLED = /\/(firmware|vpn|update-firmware)(\/|$)/;

// Each is refused for its own reason: an unknown ID, a body that is not JSON, or a media type that no route produces.
describe('every operation returns at least one refusal, as the JSON string of an error', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp({ METAL_API_AUDITING_ENABLED: 'true' });
  });
  afterAll(() => server.close());

  it.each(operations)('$operationId', async ({ method, path, hasBody }) => {
    const url = path.replaceAll(/\{\w+\}/g, 'no-such-thing');
    const request = server.as('admin')[method](url);
    if (DISABLED.test(path) || (url === path && !hasBody)) {
      const answer = await request.set('Accept', 'text/html');
      expect([answer.status, errorOf(answer).statuscode]).toEqual([406, 406]);
    } else if (url === path) {
      const answer = await request.set('Content-Type', 'application/json').send('{"id": ');
      expect([answer.status, errorOf(answer).statuscode]).toEqual([400, 400]);
    } else {
      const answer = await (method === 'get' ? request : request.send({}));
      expect([400, 404, 422]).toContain(answer.status);
      expect(errorOf(answer)).toEqual({ statuscode: answer.status, message: expect.stringMatching(/\w{3}/) });
    }
  });
});
