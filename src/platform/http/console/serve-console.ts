import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { OidcIssuer } from '../../../config/oidc-issuers.js';
import { pageNotFound } from '../errors/protocol-error.js';
import { asConsolePage } from '../security-headers.js';
import type { ConsoleFiles } from './console-files.js';

/** Names of assets contain a hash of their content. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/**
 * Serves the console at `<base>console/`: its assets, and the same page for every other path, which the page's router
 * interprets (docs/guide/console.md). The page names those of the issuers that are for the console.
 */
export function serveConsole(
  app: NestFastifyApplication,
  basePath: string,
  files: ConsoleFiles,
  issuers: readonly OidcIssuer[],
): void {
  const instance = app.getHttpAdapter().getInstance();
  const root = `${basePath}console`;
  const offered = issuers.filter((issuer) => issuer.console !== undefined);
  const origins = [...new Set(offered.map(({ url }) => new URL(url).origin))];
  const signIn = JSON.stringify(offered.map(publicPart));
  const page = (reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString('base64');
    return asConsolePage(reply, nonce, origins)
      .type('text/html; charset=utf-8')
      .send(files.page(basePath, nonce, signIn));
  };
  instance.get(root, (_request, reply) => page(reply));
  instance.get(`${root}/*`, (_request, reply) => page(reply));
  instance.get<{ Params: { '*': string } }>(`${root}/assets/*`, async ({ params, headers }, reply) => {
    const asset = await files.asset(params['*'], String(headers['accept-encoding'] ?? ''));
    if (asset === undefined) throw pageNotFound();
    if (asset.encoding !== undefined) void reply.header('content-encoding', asset.encoding);
    return reply.headers({ 'cache-control': IMMUTABLE, vary: 'accept-encoding' }).type(asset.type).send(asset.content);
  });
}

/** What a browser needs to know, and may. */
const publicPart = ({ url, clientId, console }: OidcIssuer): object => ({ issuer: url, clientId, ...console });
