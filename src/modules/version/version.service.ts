import { Inject, Injectable } from '@nestjs/common';
import type { BuildInfo } from './version.js';

export const BUILD_INFO = Symbol('build info');

/** Says what is running. */
@Injectable()
export class VersionService {
  constructor(@Inject(BUILD_INFO) private readonly build: BuildInfo) {}

  get(): BuildInfo {
    return this.build;
  }
}
