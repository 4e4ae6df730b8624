import type { Readable } from 'node:stream';
import { Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { RequestAuthorizer } from '../../platform/auth/request-authorizer.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import type { JsonPieces } from '../../platform/http/wire/json-pieces.js';
import { TextQuery } from '../../platform/http/wire/query.js';
import { MAX_LIMIT } from './listing.js';
import { ListingService } from './listing.service.js';
import { streamOf } from './listing-stream.js';

const NDJSON = 'application/x-ndjson';

const DESCRIPTION = `One JSON object per line, in the order of their ids: the objects of the v1 list, with the same secrets blanked for the
caller's role. Kinds are those of a watch.

Without \`limit\`, all objects are sent as the client reads them. With \`limit\`, the header \`Next-Cursor\` leads to the next page;
the last page has none. An object that exists all the time is on exactly one page, whatever is written meanwhile.`;

/** Lists of all kinds of objects as lines of JSON. Not part of the v1 contract. */
@OperatorController('objects')
export class ListingController {
  constructor(
    private readonly listings: ListingService,
    private readonly authorizer: RequestAuthorizer,
  ) {}

  @Get(':kind')
  @Operation({
    id: 'listObjects',
    role: 'viewer',
    summary: 'all objects of a kind, or a page of them, one per line',
    description: DESCRIPTION,
    query: {
      limit: { type: 'string', doc: `maximum number of objects, up to ${MAX_LIMIT}; all objects unless given` },
      cursor: { type: 'string', doc: 'where to go on: the header `Next-Cursor` of the page before' },
      fields: { type: 'string', doc: 'only these fields, separated by commas, such as `id,allocation.project`' },
      project: { type: 'string', doc: 'only objects of this project' },
      partition: { type: 'string', doc: 'only objects of this partition' },
    },
    produces: [NDJSON],
  })
  async listObjects(
    @CurrentUser() user: User,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('kind') kind: string,
    @Query('limit', TextQuery) limit?: string,
    @Query('cursor', TextQuery) cursor?: string,
    @Query('fields', TextQuery) fields?: string,
    @Query('project', TextQuery) project?: string,
    @Query('partition', TextQuery) partition?: string,
  ): Promise<Readable | JsonPieces> {
    const listing = this.listings.open(kind, { limit, cursor, fields, project, partition }, user);
    if (listing.limit === undefined) {
      void reply.header('content-type', NDJSON);
      return streamOf(this.listings.objects(listing), () => this.authorizer.recheck(request, 'viewer'));
    }
    const { lines, next } = await this.listings.page(listing, listing.limit);
    void reply.header('content-type', NDJSON);
    if (next !== undefined) void reply.header('next-cursor', next);
    return lines;
  }
}
