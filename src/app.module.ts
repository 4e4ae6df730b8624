import { Module } from '@nestjs/common';
import type { CanActivate, DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { AuditGuard } from './modules/audit/audit.guard.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { BackupModule } from './modules/backup/backup.module.js';
import { CapacityModule } from './modules/capacity/capacity.module.js';
import { CommandModule } from './modules/command/command.module.js';
import { FsckModule } from './modules/fsck/fsck.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { ReplicaModule } from './modules/replica/replica.module.js';
import { UserModule } from './modules/user/user.module.js';
import { VersionModule } from './modules/version/version.module.js';
import { ListingModule } from './modules/listing/listing.module.js';
import { WatchModule } from './modules/watch/watch.module.js';
import { FirmwareModule } from './modules/firmware/firmware.module.js';
import { FirewallModule } from './modules/firewall/firewall.module.js';
import { FilesystemLayoutModule } from './modules/filesystem-layout/filesystem-layout.module.js';
import { ImageModule } from './modules/image/image.module.js';
import { IpModule } from './modules/ip/ip.module.js';
import { MachineModule } from './modules/machine/machine.module.js';
import { NetworkModule } from './modules/network/network.module.js';
import { PartitionModule } from './modules/partition/partition.module.js';
import { ProjectModule } from './modules/project/project.module.js';
import { SizeImageConstraintModule } from './modules/size-image-constraint/size-image-constraint.module.js';
import { SizeModule } from './modules/size/size.module.js';
import { SwitchModule } from './modules/switch/switch.module.js';
import { TenantModule } from './modules/tenant/tenant.module.js';
import { VpnModule } from './modules/vpn/vpn.module.js';
import { AuthGuard } from './platform/auth/auth.guard.js';
import { AuthModule } from './platform/auth/auth.module.js';
import { SignatureGuard } from './platform/auth/signature.guard.js';
import { IdempotencyModule } from './platform/idempotency/idempotency.module.js';
import { KeptListsModule } from './platform/http/lists/kept-lists.module.js';
import { BusModule } from './platform/bus/bus.module.js';
import { GrpcModule } from './platform/grpc/grpc.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { ObjectsModule } from './platform/objects/objects.module.js';
import { ReachabilityModule } from './platform/reachability/reachability.module.js';
import { ProcessModule } from './platform/process/process.module.js';
import type { Engine } from './platform/store/engine.js';
import type { Clock } from './shared/clock.js';
import { StoreModule } from './platform/store/store.module.js';
import { AppLoggerModule } from './platform/telemetry/app-logger.module.js';
import type { Metrics } from './platform/telemetry/metrics.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
import { VpnPlatformModule } from './platform/vpn/vpn.module.js';
import { ClockModule } from './platform/time/clock.module.js';

/** The objects that an application is built on. */
export interface Foundation {
  readonly config: Config;
  readonly engine: Engine;
  readonly metrics: Metrics;
  /** undefined = the system's. */
  readonly clock?: Clock | undefined;
}

/** The modules of the platform, which features inject. */
const platform = ({ config, engine, metrics, clock }: Foundation): ModuleMetadata['imports'] & object => [
  ConfigModule.of(config),
  TelemetryModule.of(metrics),
  StoreModule.forRoot(engine),
  ClockModule.of(clock),
  ProcessModule,
  AppLoggerModule,
  BusModule,
  ReachabilityModule,
  ObjectsModule,
  VpnPlatformModule,
  AuthModule,
  JobsModule,
  KeptListsModule,
  IdempotencyModule,
  GrpcModule,
];

/**
 * What every request passes before its handler, in this order: the caller is known before a signature is used up, and both
 * before the request is put on record.
 */
const GUARDS: readonly Type<CanActivate>[] = [AuthGuard, SignatureGuard, AuditGuard];

/** One module per feature, in the order of `modules/ranks.json` (docs/adr/0008-features-in-order.md). */
export const FEATURES: readonly Type[] = [
  AuditModule,
  VersionModule,
  ReplicaModule,
  HealthModule,
  UserModule,
  TenantModule,
  ProjectModule,
  PartitionModule,
  SizeModule,
  ImageModule,
  FilesystemLayoutModule,
  SizeImageConstraintModule,
  NetworkModule,
  IpModule,
  SwitchModule,
  CommandModule,
  VpnModule,
  MachineModule,
  FirewallModule,
  FirmwareModule,
  CapacityModule,
  FsckModule,
  WatchModule,
  ListingModule,
  BackupModule,
  MetricsModule,
];

/** The application. The caller chooses engine and bus. */
@Module({})
export class AppModule {
  static of(foundation: Foundation, further: readonly Type[] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [...platform(foundation), ...FEATURES, ...further],
      providers: GUARDS.map((guard) => ({ provide: APP_GUARD, useExisting: guard })),
    };
  }
}
