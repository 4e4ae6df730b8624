import { Body, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { respondWithList } from '../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import { BooleanQuery } from '../../platform/http/wire/query.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { quoteText } from '../../shared/text.js';
import { SwitchRegistrationService } from './switch-registration.service.js';
import { SwitchViewService } from './switch-view.service.js';
import {
  SwitchFindRequest,
  SwitchMigrateRequest,
  SwitchNotifyRequest,
  SwitchNotifyResponse,
  SwitchPortToggleRequest,
  SwitchRegisterRequest,
  SwitchResponse,
  SwitchUpdateRequest,
} from './switch.dto.js';
import type { Switch } from './switch.js';
import type { SwitchAnswer } from './switch.mapper.js';
import {
  switchOutline,
  toNotification,
  expectsWholeSwitch,
  toSwitchNotifyResponse,
  toSwitchRegistration,
  toSwitchQuery,
  switchAnswer,
} from './switch.mapper.js';
import { SwitchService } from './switch.service.js';
import { findsAll } from '../../shared/entity.js';

/** The part of a reply that is needed to set the success status. */
interface Reply {
  status(code: number): unknown;
}

@V1Controller('switch')
export class SwitchController {
  constructor(
    private readonly switches: SwitchService,
    private readonly registration: SwitchRegistrationService,
    private readonly views: SwitchViewService,
    private readonly lists: KeptLists,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  @Get()
  @Operation({
    id: 'listSwitches',
    role: 'any',
    outline: switchOutline,
    summary: 'list all switches',
    result: [SwitchResponse],
  })
  listSwitches(@CurrentUser() user: User): Promise<ListResponse<SwitchResponse>> | SwitchAnswer[] {
    // Outlines are derived from response objects, not from their cached JSON.
    if (!hasRole(user, 'viewer')) return this.switches.list().map((leaf) => this.answer(leaf));
    return this.keptList();
  }

  @Get(':id')
  @Operation({
    id: 'findSwitch',
    role: 'any',
    outline: switchOutline,
    summary: 'get a switch by ID',
    result: SwitchResponse,
  })
  findSwitch(@Param('id') id: string): SwitchAnswer {
    return this.answer(this.switches.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findSwitches',
    role: 'viewer',
    summary: 'find switches by properties',
    body: SwitchFindRequest,
    result: [SwitchResponse],
    audit: 'exclude',
  })
  findSwitches(@Body() body: SwitchFindRequest): Promise<ListResponse<SwitchResponse>> {
    const query = toSwitchQuery(body);
    if (findsAll(query)) return this.keptList();
    return respondWithList(
      () => this.switches.search(query),
      (leaf) => this.answer(leaf),
    );
  }

  @Post('register')
  @Operation({
    id: 'registerSwitch',
    role: 'editor',
    summary: 'register a switch: 201 for a new one, 200 for a known one',
    alsoStatus: 201,
    body: SwitchRegisterRequest,
    result: SwitchResponse,
  })
  async registerSwitch(
    @Body() body: SwitchRegisterRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<SwitchAnswer> {
    const { leaf, isNew } = await this.registration.register(toSwitchRegistration(body));
    if (isNew) reply.status(201);
    return this.answer(leaf);
  }

  @Post(':id/notify')
  @Operation({
    id: 'notifySwitch',
    role: 'editor',
    summary: 'report the configuration status of a switch',
    body: SwitchNotifyRequest,
    result: SwitchNotifyResponse,
    audit: 'exclude',
    writes: true,
  })
  async notifySwitch(
    @Param('id') id: string,
    @Body() body: SwitchNotifyRequest,
  ): Promise<SwitchNotifyResponse | SwitchAnswer> {
    const { notification, problems } = toNotification(body);
    if (problems.length > 0)
      this.log.warn(`switch ${quoteText(id)} sent a report with unreadable parts: ${quoteText(problems.join('; '))}`);
    const leaf = await this.switches.notify(id, notification);
    return expectsWholeSwitch(body) ? this.answer(leaf) : toSwitchNotifyResponse(leaf, this.switches.status(id));
  }

  @Post()
  @Operation({
    id: 'updateSwitch',
    role: 'admin',
    summary: 'update mode, console command, room and description of a switch',
    body: SwitchUpdateRequest,
    result: SwitchResponse,
    errors: [409],
  })
  async updateSwitch(@Body() body: SwitchUpdateRequest): Promise<SwitchAnswer> {
    const { id = '', description, mode, room_id: roomId, console_command: consoleCommand } = body;
    return this.answer(await this.switches.update(id, { description, roomId, mode, consoleCommand }));
  }

  @Post(':id/port')
  @Operation({
    id: 'toggleSwitchPort',
    role: 'admin',
    summary: 'set the desired status of a switch port',
    body: SwitchPortToggleRequest,
    result: SwitchResponse,
    errors: [400, 409],
  })
  async toggleSwitchPort(@Param('id') id: string, @Body() body: SwitchPortToggleRequest): Promise<SwitchAnswer> {
    return this.answer(await this.switches.setPort(id, body.nic ?? '', body.status ?? ''));
  }

  @Post('migrate')
  @Operation({
    id: 'migrateSwitch',
    role: 'admin',
    summary: 'migrate the machines of a switch to another switch',
    body: SwitchMigrateRequest,
    result: SwitchResponse,
  })
  async migrateSwitch(@Body() body: SwitchMigrateRequest): Promise<SwitchAnswer> {
    return this.answer(await this.registration.migrate(body.old_switch_id ?? '', body.new_switch_id ?? ''));
  }

  @Delete(':id')
  @ApiQuery({
    name: 'force',
    type: Boolean,
    required: false,
    description: 'delete the switch even if machines are connected',
  })
  @Operation({ id: 'deleteSwitch', role: 'editor', summary: 'delete a switch', result: SwitchResponse })
  async deleteSwitch(@Param('id') id: string, @Query('force', BooleanQuery) force: boolean): Promise<SwitchAnswer> {
    return this.answer(await this.switches.delete(id, force));
  }

  private keptList(): Promise<ListResponse<SwitchResponse>> {
    return this.lists.respond('switch', '', {
      all: () => this.switches.list(),
      find: (id) => this.switches.find(id),
      answer: (leaf) => this.answer(leaf),
    });
  }

  private answer(leaf: Switch): SwitchAnswer {
    return switchAnswer(this.views.of(leaf));
  }
}
