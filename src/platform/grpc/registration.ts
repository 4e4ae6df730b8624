import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { GrpcServer } from './grpc-server.js';
import { operationsOf } from './operation.js';
import type { GrpcService, OperationOfClass } from './operation.js';
import type { GrpcRoute, GrpcRoutes } from './routes.js';

/** Registers the operations of all features. The server does not start if one is missing or not declared. */
@Injectable()
export class GrpcRegistration implements OnModuleInit {
  constructor(
    @InjectConfig() private readonly config: Config,
    private readonly server: GrpcServer,
    private readonly modules: ModulesContainer,
  ) {}

  onModuleInit(): void {
    for (const routes of routesOf(this.instances(), this.config)) this.server.add(routes);
  }

  private instances(): Set<object> {
    const providers = [...this.modules.values()].flatMap((module) => [...module.providers.values()]);
    const instances = providers.map(({ instance }): unknown => instance);
    return new Set(instances.filter((one): one is object => typeof one === 'object' && one !== null));
  }
}

/** The declared operations by service. Throws if a method is not declared, or declared twice. */
export function routesOf(instances: Iterable<object>, config: Config): GrpcRoutes[] {
  const services = new Map<GrpcService, Map<string, GrpcRoute>>();
  for (const one of [...instances].flatMap((instance) => operationsOf(instance))) {
    const { service, method } = one.operation;
    const routes = services.get(service) ?? new Map<string, GrpcRoute>();
    if (routes.has(method)) throw new Error(`${service.name} has two handlers for ${method}`);
    services.set(service, routes.set(method, routeOf(one, config)));
  }
  return [...services].map(([service, routes]) => ({ service, routes }));
}

function routeOf({ operation, instance, handle }: OperationOfClass, config: Config): GrpcRoute {
  const { kind, limits, rate, access, audit } = operation;
  return {
    kind,
    handle: handle as never,
    limits,
    rate: rate && { ...rate, perSecond: rate.perSecond(config) },
    access: (caller) => access(caller, config),
    recorded: typeof audit === 'function' ? (request) => audit(request, instance as never) : () => audit === 'include',
  };
}
