import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { asPage } from '../security-headers.js';
import { openApiDocuments } from './document.js';
import { swaggerAsset, swaggerPage, swaggerStart } from './swagger-ui.js';
import { toSwagger2 } from './swagger2.js';

export interface ApiDocuments {
  /** OpenAPI 3 of the v1 API with examples, for Swagger UI and new clients. */
  readonly openApi: () => object;
  /** OpenAPI 3 of everything outside of v1. */
  readonly operators: () => object;
  /** Swagger 2.0, for the generators of the existing clients. */
  readonly swagger2: () => object;
}

/** The API documents of an application, created on first use. */
export function apiDocuments(app: NestFastifyApplication, basePath: string, version: string): ApiDocuments {
  const documents = once(() => openApiDocuments(app, basePath, version));
  return {
    openApi: () => documents().v1,
    operators: () => documents().operators,
    swagger2: once(() => toSwagger2(documents().contract, basePath)),
  };
}

/**
 * Serves `<base>apidocs.json` (Swagger 2.0), `<base>swagger` (Swagger UI), `<base>swagger/openapi.json` and
 * `<base>swagger/operators.json`. The base path itself redirects browsers to the console, or to Swagger UI in a server without one, and returns links for programs.
 */
export function serveApiDocuments(
  app: NestFastifyApplication,
  basePath: string,
  documents: ApiDocuments,
  hasConsole: boolean,
): void {
  const instance = app.getHttpAdapter().getInstance();
  const root = `${basePath}swagger`;
  const send = (reply: FastifyReply, type: string, content: string | Buffer) => reply.type(type).send(content);
  const json = (document: () => object) => once(() => JSON.stringify(document()));
  const [openApi, operators, swagger2] = [json(documents.openApi), json(documents.operators), json(documents.swagger2)];

  const entry = JSON.stringify(entryOf(basePath, hasConsole));
  const forBrowsers = hasConsole ? `${basePath}console/` : root;
  instance.get(basePath, ({ headers }, reply) => {
    void reply.header('vary', 'accept');
    return isBrowser(headers.accept) ? reply.redirect(forBrowsers) : send(reply, 'application/json', entry);
  });
  instance.get(`${basePath}apidocs.json`, (_request, reply) => send(reply, 'application/json', swagger2()));
  instance.get(`${root}/openapi.json`, (_request, reply) => send(reply, 'application/json', openApi()));
  instance.get(`${root}/operators.json`, (_request, reply) => send(reply, 'application/json', operators()));
  instance.get(root, (_request, reply) => send(asPage(reply), 'text/html; charset=utf-8', swaggerPage(root)));
  instance.get(`${root}/start.js`, (_request, reply) => send(reply, 'text/javascript', swaggerStart(root)));
  instance.get<{ Params: { asset: string } }>(`${root}/:asset`, async ({ params }, reply) => {
    const { type, content } = await swaggerAsset(params.asset);
    return send(reply, type, content);
  });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Entry point for programs that know only the address. */
const entryOf = (basePath: string, hasConsole: boolean): object => ({
  name: 'metal-api',
  ...(hasConsole && { console: `${basePath}console/` }),
  apidocs: `${basePath}apidocs.json`,
  openapi: `${basePath}swagger/openapi.json`,
  operators: `${basePath}swagger/operators.json`,
  swagger: `${basePath}swagger`,
  health: `${basePath}v1/health`,
  version: `${basePath}v1/version`,
});

/** Whether a request prefers an HTML page: browsers name the type, programs accept anything or send no header. */
const isBrowser = (accept = ''): boolean =>
  accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return (
      (type === 'text/html' || type === 'application/xhtml+xml') && !parameters.some((one) => /^q=0(\.0*)?$/.test(one))
    );
  });
