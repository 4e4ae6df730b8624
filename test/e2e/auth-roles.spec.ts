import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { hmacHeaders } from '../support/hmac.js';
import { TestIssuer } from '../support/issuer.js';

/**
 * Required roles, from docs/reference/authentication.md#roles and, for legacy routes,
 * docs/reference/partition-services.md#routes-of-january-2021, and of the additional routes of this server. V viewer, E
 * editor, A admin, N any authenticated user of the provider tenant, - all callers.
 */
const TABLE = `
  /audit                  V POST /find
  /filesystemlayout       V GET / · GET /{} A PUT / · POST / · DELETE /{} · POST /try · POST /matches
  /firewall               V GET / · GET /{} · POST /find E POST /allocate
  /firmware               A GET / · PUT /{}/{}/{}/{} · DELETE /{}/{}/{}/{}
  /image                  N GET / · GET /{} · GET /{}/query · GET /{}/latest V POST /find A PUT / · POST / · DELETE /{}
  /ip                     V GET / · GET /{} · POST /find E POST / · POST /allocate · POST /allocate/{} · DELETE /free/{}
  /ip                     E POST /free/{}
  /machine                V GET / · GET /{} · GET /{}/ipmi · GET /issues · POST /find · POST /ipmi/find
  /machine                V POST /issues/evaluate · GET /{}/event
  /machine                E POST /allocate · POST /{}/state · POST /ipmi · POST /{}/reinstall · DELETE /{}/free
  /machine/{}/power       E POST /on · POST /off · POST /reset · POST /cycle · POST /bios · POST /disk · POST /pxe
  /machine/{}/power       E POST /chassis-identify-led-on · POST /chassis-identify-led-off
  /machine                E GET /consolepassword A POST / · DELETE /{} · POST /update-firmware/{}
  /machine                E POST /register · POST /{}/finalize-allocation · POST /{}/abort-reinstall · POST /{}/event
  /machine                E POST /{}/chassis-identify-led-state · POST /{}/console-login · POST /{}/console-session
  /network                V GET / · GET /{} · POST /find E POST /allocate · POST /free/{} · DELETE /free/{}
  /network                A PUT / · POST / · DELETE /{}
  /partition              N GET / · GET /{} · POST /capacity · GET /capacity A PUT / · POST / · DELETE /{}
  /project                V GET / · GET /{} · POST /find A PUT / · POST / · DELETE /{}
  /size                   N GET / · GET /{} · POST /suggest · GET /reservations · GET /reservations/{}
  /size                   N POST /reservations/find · POST /reservations/usage · POST /from-hardware
  /size                   E PUT /reservations · POST /reservations · DELETE /reservations/{}
  /size                   A PUT / · POST / · DELETE /{}
  /size-image-constraint  N GET / · GET /{} A PUT / · POST / · DELETE /{} · POST /try
  /switch                 N GET / · GET /{} V POST /find E POST /register · POST /{}/notify · DELETE /{}
  /switch                 A POST / · POST /{}/port · POST /migrate
  /tenant                 V GET / · GET /{} · POST /find A PUT / · POST / · DELETE /{}
  /user                   V GET /me A GET /token · DELETE /token/{}
  /vpn                    A POST /authkey
  /health                 - GET /
  /version                - GET /
`;

const LEVELS = ['-', 'N', 'V', 'E', 'A'] as const;
const CALLERS = ['guest', 'member without groups', 'viewer', 'editor', 'admin'] as const;

/** Index in LEVELS of the role that a route requires, by `METHOD /v1/path/{}`. */
const expected = new Map(
  TABLE.trim()
    .split('\n')
    .flatMap((line) => {
      const [service, ...words] = line.trim().split(/\s+/);
      let level = '';
      return words
        .join(' ')
        .split(/ · | (?=[NVEA-] [A-Z])/)
        .map((entry) => {
          const [, letter, method, path] = /^(?:([NVEA-]) )?([A-Z]+) (\S+)$/.exec(entry)!;
          level = letter ?? level;
          return [routeKey(method!, `/v1${service}${path}`), LEVELS.indexOf(level as (typeof LEVELS)[number])] as const;
        });
    }),
);

/** Additional routes outside /v1. */
const besideV1 = new Map([
  ['GET /commands', LEVELS.indexOf('V')],
  ['POST /commands', LEVELS.indexOf('E')],
  ['GET /replicas', LEVELS.indexOf('V')],
  ['GET /ready', LEVELS.indexOf('-')],
  ['GET /fsck', LEVELS.indexOf('V')],
  ['GET /watch', LEVELS.indexOf('V')],
  ['GET /objects/{}', LEVELS.indexOf('V')],
  ['POST /allocation/explain', LEVELS.indexOf('V')],
  ['POST /allocation/many', LEVELS.indexOf('E')],
  ['GET /allocation/wait', LEVELS.indexOf('V')],
  ['GET /allocation/wait/{}', LEVELS.indexOf('V')],
  ['DELETE /allocation/wait/{}', LEVELS.indexOf('E')],
  ['GET /issues/explain', LEVELS.indexOf('V')],
  ['POST /fsck/repair', LEVELS.indexOf('A')],
  ['GET /backup', LEVELS.indexOf('A')],
]);

function routeKey(method: string, path: string): string {
  return `${method} ${path.replace(/:\w+/g, '{}').replace(/\/$/, '')}`;
}

/** All routes of all controllers. */
function registeredRoutes({ app }: TestApp): string[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const prototype = metatype!.prototype as object;
    const handlers = new MetadataScanner()
      .getAllMethodNames(prototype)
      .map((name) => prototype[name as never] as object);
    return handlers
      .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler))
      .flatMap((handler) => {
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
        const bases = [Reflect.getMetadata(PATH_METADATA, metatype!) as string | string[]].flat();
        const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
        return bases.flatMap((base) => paths.map((path) => routeKey(method, `/${base}/${path}`.replace(/\/+/g, '/'))));
      });
  });
}

let server: TestApp;
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await TestIssuer.start('ES256');
  const trusted = { url: issuer.url, clientId: 'metal', tenant: 'metal-stack', directoryType: 'ldap' };
  server = await startTestApp({ METAL_API_OIDC_ISSUERS: JSON.stringify([trusted]) });
});
afterAll(async () => {
  await server.close();
  await issuer.stop();
});

async function headersOf(caller: (typeof CALLERS)[number], method: string): Promise<Record<string, string>> {
  if (caller === 'guest') return {};
  if (caller !== 'member without groups') return hmacHeaders(caller, method);
  return { Authorization: `Bearer ${await issuer.sign({ name: 'nobody' }, { alg: 'ES256' })}` };
}

/** Whether the guard admitted a request; its further result is ignored. */
async function isLetThrough(route: string, caller: (typeof CALLERS)[number]): Promise<boolean> {
  const [method, path] = route.split(' ') as [string, string];
  const agent = supertest(server.url)[method.toLowerCase() as 'get'](path.replaceAll('{}', 'x'));
  const request = agent.set(await headersOf(caller, method));
  const upload = route.startsWith('PUT /v1/firmware');
  const response = await (upload ? request.attach('file', Buffer.from('x'), 'f') : request.type('json').send('{}'));
  if ([404, 405, 406, 415].includes(response.status) && /^\d{3}: /.test(messageOf(response.body))) {
    throw new Error(`${route} did not reach the guard: ${messageOf(response.body)}`);
  }
  return !(response.status === 403 && /^(tenant .* not allowed|you are not member)/.test(messageOf(response.body)));
}

const messageOf = (body: unknown): string =>
  typeof body === 'string' ? (JSON.parse(body) as { message: string }).message : '';

describe('roles', () => {
  it('of every route match the table', async () => {
    const routes = registeredRoutes(server);
    expect(routes).toContain('GET /v1/user/me');
    expect(new Set(routes).size).toBe(routes.length);
    const found: string[] = [];
    for (const route of routes) {
      const level = expected.get(route) ?? besideV1.get(route);
      for (const [rank, caller] of CALLERS.entries()) {
        const allowed = await isLetThrough(route, caller);
        const wanted =
          level === undefined ? 'is not in the table' : rank >= level ? 'must be let through' : 'must be refused';
        if (level === undefined || allowed !== rank >= level) found.push(`${route}: ${caller} ${wanted}`);
      }
    }
    expect(found).toEqual([]);
  });

  it('in the table cover every operation of the recorded contract and of the legacy API', () => {
    expect(expected.size).toBe(114 + 9 + 4);
  });
});
