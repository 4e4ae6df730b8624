import { Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { readBuild } from './build-info.js';
import { VersionController } from './version.controller.js';
import { BUILD_INFO, VersionService } from './version.service.js';
import type { BuildInfo } from './version.js';

const buildInfo = {
  provide: BUILD_INFO,
  inject: [CONFIG],
  useFactory: ({ version }: Config): BuildInfo => ({
    name: 'metal-api',
    ...readBuild(),
    minimumClient: version.minimumClient,
    release: version.release,
  }),
};

@Module({ controllers: [VersionController], providers: [VersionService, buildInfo], exports: [VersionService] })
export class VersionModule {}
