import { Body, Post } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { VPNRequest, VPNResponse } from './vpn.dto.js';
import { toKeyRequest, toVPNResponse } from './vpn.mapper.js';
import { VpnService } from './vpn.service.js';

@V1Controller('vpn')
export class VpnController {
  constructor(private readonly vpn: VpnService) {}

  @Post('authkey')
  @Operation({
    id: 'getVPNAuthKey',
    role: 'admin',
    summary: 'a key with which an operator joins the VPN of a project, for a reason',
    body: VPNRequest,
    result: VPNResponse,
    secretsFor: 'admin',
  })
  async getVPNAuthKey(@Body() body: VPNRequest, @CurrentUser() user: User): Promise<VPNResponse> {
    return toVPNResponse(await this.vpn.authKey(toKeyRequest(body), user));
  }
}
