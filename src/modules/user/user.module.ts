import { Module } from '@nestjs/common';
import { AuthModule } from '../../platform/auth/auth.module.js';
import { UserController } from './user.controller.js';

/** Serves the caller's own account, and manages API tokens of technical users. */
@Module({ imports: [AuthModule], controllers: [UserController] })
export class UserModule {}
