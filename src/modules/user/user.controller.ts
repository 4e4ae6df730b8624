import { Delete, Get, Param } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { ApiTokens } from '../../platform/auth/token/api-tokens.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { ApiTokenResponse, UserResponse } from './user.dto.js';
import { toApiTokenResponse, toUserResponse } from './user.mapper.js';

@V1Controller('user')
export class UserController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get('me')
  @Operation({ id: 'getMe', role: 'viewer', summary: 'extract the user of the request', result: UserResponse })
  me(@CurrentUser() user: User): UserResponse {
    return toUserResponse(user);
  }

  @Get('token')
  @Operation({
    id: 'listAPITokens',
    role: 'admin',
    summary: 'get the API tokens that were used or revoked and have not expired',
    result: [ApiTokenResponse],
  })
  listTokens(): ApiTokenResponse[] {
    return this.tokens.list().map(toApiTokenResponse);
  }

  @Delete('token/:id')
  @Operation({
    id: 'revokeAPIToken',
    role: 'admin',
    summary: 'make an API token worthless, whether it was used or not',
    result: ApiTokenResponse,
  })
  async revokeToken(@Param('id') id: string): Promise<ApiTokenResponse> {
    return toApiTokenResponse(await this.tokens.revoke(id));
  }
}
