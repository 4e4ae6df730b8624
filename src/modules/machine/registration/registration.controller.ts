import { Body, Post, Res } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineResponse } from '../query/machine.dto.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { MachineRegisterRequest } from './registration.dto.js';
import { toRegistration } from './registration.mapper.js';
import { RegistrationService } from './registration.service.js';

/** The subset of a reply that these routes use. */
interface Reply {
  status(code: number): unknown;
}

/** Registration over REST, for legacy agents. */
@V1Controller('machine')
export class RegistrationController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly views: MachineViewService,
  ) {}

  @Post('register')
  @Operation({
    id: 'registerMachine',
    role: 'editor',
    summary: 'register a machine: 201 for a new one, 200 for a known one',
    alsoStatus: 201,
    body: MachineRegisterRequest,
    result: MachineResponse,
    deprecated: true,
  })
  async registerMachine(
    @Body() body: MachineRegisterRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<MachineResponse> {
    const { machine, isNew } = await this.registrations.register(toRegistration(body));
    if (isNew) reply.status(201);
    return toMachineResponse(this.views.of(machine));
  }
}
