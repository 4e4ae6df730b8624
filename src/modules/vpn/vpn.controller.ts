import { Body, Post } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { VPNRequest, VPNResponse } from './vpn.dto.js';
import { VpnService } from './vpn.service.js';
import type { KeyRequest } from './vpn.service.js';

@V1Controller('vpn')
export class VpnController {
  constructor(private readonly vpn: VpnService) {}

  @Post('authkey')
  @Operation({
    id: 'getVPNAuthKey',
    role: 'admin',
    summary: 'create a key for joining the VPN of a project; requires a reason',
    body: VPNRequest,
    result: VPNResponse,
    secretsFor: 'admin',
  })
  async getVPNAuthKey(@Body() body: VPNRequest, @CurrentUser() user: User): Promise<VPNResponse> {
    const { address, authKey } = await this.vpn.authKey(toKeyRequest(body), user);
    return { address, auth_key: authKey };
  }
}

const toKeyRequest = ({ pid, ephemeral, expiration, reason }: VPNRequest): KeyRequest => ({
  project: pid ?? '',
  ephemeral: ephemeral ?? false,
  expiration: expiration ?? 0,
  reason: reason ?? '',
});
