import type { Environment } from './environment.js';

/** Where spans are exported to, by the standard variables of OpenTelemetry. */
export interface TracingConfig {
  /** Base URL of an OTLP collector; undefined = tracing is off. */
  readonly endpoint: string | undefined;
  readonly service: string;
}

/** Reads the settings; `service` is the default name of the program in traces. */
export function tracingSettings(env: Environment, service: string): TracingConfig {
  const name = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const endpoint = env.boolean('OTEL_SDK_DISABLED', false) ? undefined : env.text(name);
  // Does not repeat the value, which may contain a password.
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:/.test(endpoint)))
    env.violation(`${name} is not a URL, expected the address of an OTLP collector such as http://localhost:4318`);
  return { endpoint, service: env.text('OTEL_SERVICE_NAME', service) };
}
