import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';

/** Object store for firmware. */
export interface S3Settings {
  readonly address: string;
  readonly key: string;
  readonly secret: string;
  readonly bucket: string;
}

/** The coordinator of the VPN of firewalls. */
export interface HeadscaleSettings {
  /** URL of its HTTP API. */
  readonly url: string;
  /** URL at which firewalls and operators join the VPN. */
  readonly controlPlane: string;
  readonly apiKey: string;
}

/** Reads the settings of the object store; undefined = the feature is off. */
export function s3Settings(env: Environment): S3Settings | undefined {
  const address = env.text('METAL_API_S3_ADDRESS');
  if (address === undefined) return undefined;
  if (!URL.canParse(address)) {
    env.violation(`METAL_API_S3_ADDRESS is "${address}", expected a URL such as https://s3.example.org`);
  }
  const bucket = env.text('METAL_API_S3_FIRMWARE_BUCKET', '');
  if (bucket === '') env.violation('METAL_API_S3_FIRMWARE_BUCKET is not set, expected the bucket for firmware');
  return { address, bucket, key: env.text('METAL_API_S3_KEY', ''), secret: env.text('METAL_API_S3_SECRET', '') };
}

/** Reads the settings of the VPN; undefined = the feature is off. */
export function headscaleSettings(env: Environment): HeadscaleSettings | undefined {
  const address = env.text('METAL_API_HEADSCALE_ADDR');
  if (address === undefined) return undefined;
  const url = /^https?:/.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url)) env.violation(`METAL_API_HEADSCALE_ADDR is "${address}", expected a URL or host:port`);
  const apiKey = env.text('METAL_API_HEADSCALE_API_KEY', '');
  if (apiKey === '') env.violation('METAL_API_HEADSCALE_API_KEY is not set, expected a Headscale API key');
  return { url, apiKey, controlPlane: env.text('METAL_API_HEADSCALE_CP_ADDR', url) };
}

/**
 * Reads the trimmed content of an optional file; a missing or empty file disables the feature
 * (docs/reference/grpc.md#method-behaviour).
 */
export function secretFile(env: Environment, name: string): string | undefined {
  const path = env.text(name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
