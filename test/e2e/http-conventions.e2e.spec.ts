import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.close());

describe('every client', () => {
  it('finds the version without credentials', async () => {
    const answer = await server.as('nobody').get('/v1/version').expect(200);
    expect(answer.body).toMatchObject({ name: 'metal-api', release_version: null });
  });

  it('finds the server healthy', async () => {
    const answer = await server.as('nobody').get('/v1/health').expect(200);
    expect(answer.body).toMatchObject({ status: 'healthy' });
  });

  it('gets the JSON string for an unknown path', async () => {
    const answer = await server.as('nobody').get('/v1/nothing').expect(404);
    expect(errorOf(answer)).toEqual({ statuscode: 404, message: '404: Page Not Found' });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it('gets the JSON string for a wrong method', async () => {
    const answer = await server.as('nobody').delete('/v1/version').expect(405);
    expect(errorOf(answer).message).toBe('405: Method Not Allowed');
  });
});
