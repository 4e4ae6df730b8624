import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';

/** Reads a required file. Records a violation and returns undefined if it is not set or cannot be read. */
export function pemFile(env: Environment, name: string): Buffer | undefined {
  const path = env.text(name);
  if (path === undefined) {
    env.violation(`${name} is not set, expected the path of a PEM file`);
    return undefined;
  }
  try {
    return readFileSync(path);
  } catch (error) {
    env.violation(`${name} is "${path}", which cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    return undefined;
  }
}
