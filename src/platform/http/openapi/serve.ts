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

/** Serves `<base>apidocs.json` (Swagger 2.0), `<base>swagger` (Swagger UI) and `<base>swagger/openapi.json`. */
export function serveApiDocuments(app: NestFastifyApplication, basePath: string, documents: ApiDocuments): void {
  const instance = app.getHttpAdapter().getInstance();
  const root = `${basePath}swagger`;
  const send = (reply: FastifyReply, type: string, content: string | Buffer) => reply.type(type).send(content);
  const json = (document: () => object) => once(() => JSON.stringify(document()));
  const [openApi, swagger2] = [json(documents.openApi), json(documents.swagger2)];

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
