import { Module } from '@nestjs/common';
import { BackupSchedule } from './backup-schedule.service.js';
import { BackupController } from './backup.controller.js';
import { Backups } from './backup.service.js';

@Module({ controllers: [BackupController], providers: [Backups, BackupSchedule], exports: [Backups] })
export class BackupModule {}
