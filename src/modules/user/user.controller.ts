import { Delete, Get, Param } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { ApiTokens } from '../../platform/auth/token/api-tokens.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { ApiTokenResponse, UserResponse } from './user.dto.js';

@V1Controller('user')
export class UserController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get('me')
  @Operation({ id: 'getMe', role: 'viewer', summary: 'get the user who sent the request', result: UserResponse })
  me(@CurrentUser() user: User): UserResponse {
    return toUserResponse(user);
  }

  @Get('token')
  @Operation({
    id: 'listAPITokens',
    role: 'admin',
    summary: 'list API tokens that were used or revoked and have not expired',
    result: [ApiTokenResponse],
  })
  listTokens(): ApiTokenResponse[] {
    return this.tokens.list().map(toApiTokenResponse);
  }

  @Delete('token/:id')
  @Operation({
    id: 'revokeAPIToken',
    role: 'admin',
    summary: 'revoke an API token, whether it was used or not',
    result: ApiTokenResponse,
  })
  async revokeToken(@Param('id') id: string): Promise<ApiTokenResponse> {
    return toApiTokenResponse(await this.tokens.revoke(id));
  }
}

type ApiTokenRecord = ReturnType<ApiTokens['list']>[number];

const toUserResponse = (user: User): UserResponse => ({
  EMail: user.email,
  Name: user.name,
  Groups: [...user.groups],
  Tenant: user.tenant,
  Issuer: user.issuer,
  Subject: user.subject,
});

const toApiTokenResponse = (record: ApiTokenRecord): ApiTokenResponse => ({
  id: record.id,
  subject: record.subject,
  role: record.role,
  expires: record.expires,
  first_used: record.firstUsed,
  revoked: record.revoked,
});
