import { Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser } from '../../platform/auth/current-user.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import { TextQuery } from '../../platform/http/wire/query.js';
import { WatchService } from './watch.service.js';
import type { Watcher } from './watcher.js';

const DESCRIPTION = `Begins with all current objects, as \`put\` events with the objects of the v1 lists. A \`bookmark\` says that
they are complete; then come changes (\`put\`, \`removed\`) and a heartbeat at least every 15 seconds. \`reset\` means that the
database cannot be read: what follows is a new list. \`end\` says why the server ends the connection.

A cursor that is too old, or of another server process, is answered with 410: watch again without one. Swagger UI shows
nothing until the connection ends; use \`curl -N\`.`;

/** Lists that go on: current objects first, then their changes (docs/guide/watch.md). Not part of the v1 contract. */
@OperatorController('watch')
export class WatchController {
  constructor(private readonly watches: WatchService) {}

  @Get()
  @Operation({
    id: 'watch',
    role: 'viewer',
    summary: 'current objects and their changes as server-sent events',
    description: DESCRIPTION,
    query: {
      kinds: { type: 'string', doc: 'kinds of objects, separated by commas; all kinds unless given' },
      project: { type: 'string', doc: 'only objects of this project' },
      partition: { type: 'string', doc: 'only objects of this partition' },
      cursor: { type: 'string', doc: 'continues after this `id` of an event, like the header `Last-Event-ID`' },
    },
    produces: ['text/event-stream'],
    endless: true,
  })
  watch(
    @CurrentUser() user: User,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('kinds', TextQuery) kinds?: string,
    @Query('project', TextQuery) project?: string,
    @Query('partition', TextQuery) partition?: string,
    @Query('cursor', TextQuery) cursor?: string,
  ): Watcher {
    const watcher = this.watches.begin({ kinds, project, partition }, cursorOf(request) ?? cursor, user, request);
    void reply.headers(HEADERS);
    return watcher;
  }
}

/** `EventSource` repeats its URL and says in the header how far it came. */
const cursorOf = ({ headers }: FastifyRequest): string | undefined =>
  String(headers['last-event-id'] ?? '') || undefined;

/** No proxy may gather or change what passes, and the connection serves nothing afterwards. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
};
