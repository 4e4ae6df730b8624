import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { asPage } from '../security-headers.js';
import { openApiDocument } from './document.js';
import { swaggerAsset, swaggerPage, swaggerStart } from './swagger-ui.js';
import { toSwagger2 } from './swagger2.js';

export interface ApiDocuments {
  /** OpenAPI 3, for Swagger UI and new clients. */
  readonly openApi: () => object;
  /** Swagger 2.0, for the generators of the existing clients. */
  readonly swagger2: () => object;
}

/** The API documents of an application, made at the first use. */
export function apiDocuments(app: NestFastifyApplication, basePath: string, version: string): ApiDocuments {
  const openApi = once(() => openApiDocument(app, basePath, version));
  return { openApi, swagger2: once(() => toSwagger2(openApi(), basePath)) };
}

/**
 * Serves `<base>apidocs.json` (Swagger 2.0), `<base>swagger` (Swagger UI) and `<base>swagger/openapi.json`. The base path
 * itself leads browsers to Swagger UI and tells programs where to go.
 */
export function serveApiDocuments(app: NestFastifyApplication, basePath: string, documents: ApiDocuments): void {
  const instance = app.getHttpAdapter().getInstance();
  const root = `${basePath}swagger`;
  const send = (reply: FastifyReply, type: string, content: string | Buffer) => reply.type(type).send(content);
  const json = (document: () => object) => once(() => JSON.stringify(document()));
  const [openApi, swagger2] = [json(documents.openApi), json(documents.swagger2)];

  const entry = JSON.stringify(entryOf(basePath));
  instance.get(basePath, ({ headers }, reply) => {
    void reply.header('vary', 'accept');
    return isBrowser(headers.accept) ? reply.redirect(root) : send(reply, 'application/json', entry);
  });
  instance.get(`${basePath}apidocs.json`, (_request, reply) => send(reply, 'application/json', swagger2()));
  instance.get(`${root}/openapi.json`, (_request, reply) => send(reply, 'application/json', openApi()));
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

/** Where a program that knows nothing but the address finds the rest. */
const entryOf = (basePath: string): object => ({
  name: 'metal-api',
  apidocs: `${basePath}apidocs.json`,
  openapi: `${basePath}swagger/openapi.json`,
  swagger: `${basePath}swagger`,
  health: `${basePath}v1/health`,
  version: `${basePath}v1/version`,
});

/** Whether a request prefers a page: browsers name the type, programs say that they take anything, or nothing at all. */
const isBrowser = (accept = ''): boolean =>
  accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return (
      (type === 'text/html' || type === 'application/xhtml+xml') && !parameters.some((one) => /^q=0(\.0*)?$/.test(one))
    );
  });
