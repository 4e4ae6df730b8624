/** Reports all invalid settings at once. */
export class ConfigError extends Error {
  constructor(readonly violations: readonly string[]) {
    super(`the configuration is invalid:\n${violations.map((text) => `  - ${text}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}
