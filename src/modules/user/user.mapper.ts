import type { ApiTokenRecord } from '../../platform/auth/token/api-token.table.js';
import type { User } from '../../platform/auth/user.js';
import { ApiTokenResponse, UserResponse } from './user.dto.js';

export const toUserResponse = (user: User): UserResponse => ({
  EMail: user.email,
  Name: user.name,
  Groups: [...user.groups],
  Tenant: user.tenant,
  Issuer: user.issuer,
  Subject: user.subject,
});

export const toApiTokenResponse = (record: ApiTokenRecord): ApiTokenResponse => ({
  id: record.id,
  subject: record.subject,
  role: record.role,
  expires: record.expires,
  first_used: record.firstUsed,
  revoked: record.revoked,
});
