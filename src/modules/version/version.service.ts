import { Injectable } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { readBuild } from './build-info.js';

/**
 * Version and build of the server. Clients compare `version` with their own after a login
 * (docs/reference/health-and-version.md#version).
 */
export interface ServerVersion extends ReturnType<typeof readBuild> {
  readonly minimumClient: string;
  readonly release: string | undefined;
}

/** Provides the version of the running server. */
@Injectable()
export class VersionService {
  private readonly version: ServerVersion;

  constructor(@InjectConfig() { version }: Config) {
    this.version = { ...readBuild(), minimumClient: version.minimumClient, release: version.release };
  }

  get(): ServerVersion {
    return this.version;
  }
}
