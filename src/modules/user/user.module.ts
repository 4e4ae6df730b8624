import { Module } from '@nestjs/common';
import { AuthModule } from '../../platform/auth/auth.module.js';
import { UserController } from './user.controller.js';

/** Who am I, and the technical users behind API tokens. */
@Module({ imports: [AuthModule], controllers: [UserController] })
export class UserModule {}
