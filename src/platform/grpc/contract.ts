import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { PackageDefinition } from '@grpc/proto-loader';

/**
 * Loads the definition of one service, e.g. `api.v1.EventService` of `api/v1/event.proto`. Field names are as in
 * TypeScript (`machineId`), 64-bit integers are numbers, absent lists are empty, absent messages null.
 */
export function serviceContract(file: string, service: string): ServiceDefinition {
  const folder = protoFolder();
  const definitions = loadSync(file, { includeDirs: [folder], longs: Number, enums: String, defaults: true });
  const definition = definitions[service];
  if (definition === undefined || 'format' in definition) throw new Error(`${file} in ${folder} has no ${service}`);
  return definition;
}

/** The messages of a contract, with field names as in the file. */
export const messageDefinitions = (file: string): PackageDefinition =>
  loadSync(file, { includeDirs: [protoFolder()], keepCase: true });

/** Full names of the request messages of a service, by method, e.g. `api.v1.BootServiceWaitRequest`. */
export function requestTypes(definitions: PackageDefinition, service: string): Readonly<Record<string, string>> {
  const methods = definitions[service] as ServiceDefinition;
  const scope = service.slice(0, service.lastIndexOf('.'));
  const types = Object.entries(methods).map(([name, method]) => {
    const { type } = (method as { requestType?: { type?: { name?: string } } }).requestType ?? {};
    return [name, `${scope}.${type?.name}`];
  });
  return Object.fromEntries(types) as Record<string, string>;
}

/** The folder with the contracts is next to `src`, even if this file was compiled into `dist`. */
function protoFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'proto', 'api'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the folder proto with the gRPC contracts is missing');
    folder = parent;
  }
  return join(folder, 'proto');
}
