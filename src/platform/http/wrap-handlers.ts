import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { OPERATION } from './operation.js';
import type { OperationOptions } from './operation.js';

export type RouteHandler = (this: unknown, ...args: unknown[]) => unknown;

/** A route's handler with its declaration. Its metadata has method and path. */
export interface Route {
  readonly handler: RouteHandler;
  readonly operation: OperationOptions;
}

/**
 * Replaces handlers of routes by what `substitute` returns for them; undefined keeps a handler. `call` runs the
 * present handler.
 *
 * Must be called before the application is initialized. An interceptor would do the same, but would make Nest wrap
 * every response in several Observables, which costs a small request as much as all the rest.
 */
export function wrapHandlers(
  app: INestApplicationContext,
  substitute: (route: Route, call: (args: unknown[]) => unknown) => RouteHandler | undefined,
): void {
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { instance } of controllers.values())
      wrapController(instance as Record<string, RouteHandler>, substitute);
  }
}

function wrapController(
  controller: Record<string, RouteHandler>,
  substitute: Parameters<typeof wrapHandlers>[1],
): void {
  const prototype = Object.getPrototypeOf(controller) as object;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const handler = controller[name]!;
    const operation = operationOf(handler);
    if (!operation) continue;
    const wrapped = substitute({ handler, operation }, (args) => handler.apply(controller, args));
    if (wrapped) controller[name] = likeHandler(wrapped, handler);
  }
}

const operationOf = (handler: unknown): OperationOptions | undefined =>
  typeof handler === 'function' ? (Reflect.getMetadata(OPERATION, handler) as OperationOptions | undefined) : undefined;

/** Copies the handler's metadata to its replacement, where guards and router look for it. */
function likeHandler(substitute: RouteHandler, handler: RouteHandler): RouteHandler {
  for (const key of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), substitute);
  }
  return Object.defineProperty(substitute, 'name', { value: handler.name });
}
