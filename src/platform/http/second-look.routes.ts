import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { SecondLook } from '../store/second-look.js';
import { OPERATION, type OperationOptions } from './operation.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Makes each route run its use case once more when it refused because memory was behind the database. For reads only the
 * document that was not found is looked for: they cost nothing but memory. An upload cannot be read twice.
 *
 * Call it before the application is initialised. An interceptor would do the same, but Nest then takes every answer through
 * several Observables, which costs a small request as much as everything else that is done for it.
 */
export function lookTwice(app: INestApplicationContext, look: SecondLook): void {
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { instance } of controllers.values()) wrapRoutes(instance as Record<string, Handler>, look);
  }
}

function wrapRoutes(controller: Record<string, Handler>, look: SecondLook): void {
  const prototype = Object.getPrototypeOf(controller) as object;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const handler = controller[name]!;
    const operation = operationOf(handler);
    if (operation && operation.upload === undefined) controller[name] = wrapped(controller, handler, look);
  }
}

const operationOf = (handler: unknown): OperationOptions | undefined =>
  typeof handler === 'function' ? (Reflect.getMetadata(OPERATION, handler) as OperationOptions | undefined) : undefined;

/** Guards and the router find the metadata of the handler at what takes its place. */
function wrapped(controller: object, handler: Handler, look: SecondLook): Handler {
  const isRead = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
  const depth = isRead ? 'the document' : 'everything';
  const substitute: Handler = (...args) => look.believe(async () => handler.apply(controller, args), depth);
  for (const key of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), substitute);
  }
  return Object.defineProperty(substitute, 'name', { value: handler.name });
}
