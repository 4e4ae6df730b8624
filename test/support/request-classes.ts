import type { Type } from '@nestjs/common';
import { MODULE_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { FEATURES } from '../../src/app.module.js';
import { fieldsOf } from '../../src/platform/http/wire/field.js';

type Imported = Type | { readonly module: Type };

/** The wire classes of all `@Body()` parameters of the application, by name. */
export function requestClasses(): Type<object>[] {
  const modules = new Set<Type>();
  for (const feature of FEATURES) collect(feature, modules);
  const controllers = [...modules].flatMap((module) => metadata<Type[]>(MODULE_METADATA.CONTROLLERS, module) ?? []);
  const classes = new Set(controllers.flatMap((controller) => bodiesOf(controller)));
  return [...classes].filter((type) => fieldsOf(type).size > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function collect(module: Type, into: Set<Type>): void {
  if (into.has(module)) return;
  into.add(module);
  const imported = metadata<Imported[]>(MODULE_METADATA.IMPORTS, module) ?? [];
  for (const each of imported) collect('module' in each ? each.module : each, into);
}

function bodiesOf(controller: Type): Type<object>[] {
  const prototype = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const args = metadata<Record<string, { index: number }>>(ROUTE_ARGS_METADATA, controller, name) ?? {};
    const types = metadata<Type<object>[]>('design:paramtypes', prototype, name) ?? [];
    const bodies = Object.entries(args).filter(([key]) => key.startsWith(`${RouteParamtypes.BODY}:`));
    return bodies.map(([, { index }]) => types[index]!);
  });
}

const metadata = <T>(key: string, target: object, property?: string): T | undefined =>
  (property === undefined ? Reflect.getMetadata(key, target) : Reflect.getMetadata(key, target, property)) as
    T | undefined;
