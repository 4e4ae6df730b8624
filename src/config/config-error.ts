/** Reports every violation of the environment at once. */
export class ConfigError extends Error {
  constructor(readonly violations: readonly string[]) {
    super(`the configuration is not valid:\n${violations.map((text) => `  - ${text}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}
