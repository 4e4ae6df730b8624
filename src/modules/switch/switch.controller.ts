import { Body, Delete, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { answerList } from '../../platform/http/wire/answer-list.js';
import type { AnswerList } from '../../platform/http/wire/answer-list.js';
import { BooleanQuery } from '../../platform/http/wire/query.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { quoted } from '../../shared/text.js';
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
import { toNotification, toRegistration, toSwitchQuery, toSwitchResponse } from './switch.mapper.js';
import { SwitchService } from './switch.service.js';

/** As much of a reply as a status of success needs. */
interface Reply {
  status(code: number): unknown;
}

@V1Controller('switch')
export class SwitchController {
  constructor(
    private readonly switches: SwitchService,
    private readonly registration: SwitchRegistrationService,
    private readonly views: SwitchViewService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Get()
  @Operation({ id: 'listSwitches', role: 'any', summary: 'get all switches', result: [SwitchResponse] })
  listSwitches(): Promise<AnswerList<SwitchResponse>> {
    return answerList(
      () => this.switches.list(),
      (leaf) => this.answer(leaf),
    );
  }

  @Get(':id')
  @Operation({ id: 'findSwitch', role: 'any', summary: 'get switch by id', result: SwitchResponse })
  findSwitch(@Param('id') id: string): SwitchResponse {
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
  findSwitches(@Body() body: SwitchFindRequest): Promise<AnswerList<SwitchResponse>> {
    return answerList(
      () => this.switches.search(toSwitchQuery(body)),
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
  ): Promise<SwitchResponse> {
    const { leaf, isNew } = await this.registration.register(toRegistration(body));
    if (isNew) reply.status(201);
    return this.answer(leaf);
  }

  @Post(':id/notify')
  @Operation({
    id: 'notifySwitch',
    role: 'editor',
    summary: 'tell that the switch has taken over its configuration, or failed to',
    body: SwitchNotifyRequest,
    result: SwitchNotifyResponse,
    audit: 'exclude',
    writes: true,
  })
  async notifySwitch(@Param('id') id: string, @Body() body: SwitchNotifyRequest): Promise<SwitchNotifyResponse> {
    const { notification, problems } = toNotification(body);
    if (problems.length > 0)
      this.log.warn(`switch ${quoted(id)} reports what cannot be read: ${quoted(problems.join('; '))}`);
    // Agents of 2021 expect the whole switch, which is a superset (reference/30 §7.3).
    return this.answer(await this.switches.notify(id, notification));
  }

  @Post()
  @Operation({
    id: 'updateSwitch',
    role: 'admin',
    summary: 'change mode, console command and description of a switch',
    body: SwitchUpdateRequest,
    result: SwitchResponse,
    errors: [409],
  })
  async updateSwitch(@Body() body: SwitchUpdateRequest): Promise<SwitchResponse> {
    const { id = '', description, mode, room_id: roomId, console_command: consoleCommand } = body;
    return this.answer(await this.switches.update(id, { description, roomId, mode, consoleCommand }));
  }

  @Post(':id/port')
  @Operation({
    id: 'toggleSwitchPort',
    role: 'admin',
    summary: 'switch a port up or down',
    body: SwitchPortToggleRequest,
    result: SwitchResponse,
    errors: [400, 409],
  })
  async toggleSwitchPort(@Param('id') id: string, @Body() body: SwitchPortToggleRequest): Promise<SwitchResponse> {
    return this.answer(await this.switches.setPort(id, body.nic ?? '', body.status ?? ''));
  }

  @Post('migrate')
  @Operation({
    id: 'migrateSwitch',
    role: 'admin',
    summary: 'give the machines of a switch to another one',
    body: SwitchMigrateRequest,
    result: SwitchResponse,
  })
  async migrateSwitch(@Body() body: SwitchMigrateRequest): Promise<SwitchResponse> {
    return this.answer(await this.registration.migrate(body.old_switch_id ?? '', body.new_switch_id ?? ''));
  }

  @Delete(':id')
  @ApiQuery({ name: 'force', type: Boolean, required: false, description: 'even when machines are connected' })
  @Operation({ id: 'deleteSwitch', role: 'editor', summary: 'delete a switch', result: SwitchResponse })
  async deleteSwitch(@Param('id') id: string, @Query('force', BooleanQuery) force: boolean): Promise<SwitchResponse> {
    return this.answer(await this.switches.delete(id, force));
  }

  private answer(leaf: Switch): SwitchResponse {
    return toSwitchResponse(this.views.of(leaf));
  }
}
