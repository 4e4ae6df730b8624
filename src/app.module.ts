import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { CapacityModule } from './modules/capacity/capacity.module.js';
import { CommandModule } from './modules/command/command.module.js';
import { FsckModule } from './modules/fsck/fsck.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { ReplicaModule } from './modules/replica/replica.module.js';
import { UserModule } from './modules/user/user.module.js';
import { VersionModule } from './modules/version/version.module.js';
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
import { AuthModule } from './platform/auth/auth.module.js';
import { BusModule } from './platform/bus/bus.module.js';
import { GrpcModule } from './platform/grpc/grpc.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { ObjectsModule } from './platform/objects/objects.module.js';
import { ReachabilityModule } from './platform/reachability/reachability.module.js';
import { ProcessModule } from './platform/process/process.module.js';
import type { Engine } from './platform/store/engine.js';
import { StoreModule } from './platform/store/store.module.js';
import { LogModule } from './platform/telemetry/log.module.js';
import type { Metrics } from './platform/telemetry/metrics.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
import { VpnPlatformModule } from './platform/vpn/vpn.module.js';
import { ClockModule } from './platform/time/clock.module.js';

/** What an application stands on. */
export interface Foundation {
  readonly config: Config;
  readonly engine: Engine;
  readonly metrics: Metrics;
}

/** The parts of the platform that features find by injection. */
const platform = ({ config, engine, metrics }: Foundation): ModuleMetadata['imports'] & object => [
  ConfigModule.of(config),
  TelemetryModule.of(metrics),
  StoreModule.forRoot(engine),
  ClockModule,
  ProcessModule,
  LogModule,
  BusModule,
  ReachabilityModule,
  ObjectsModule,
  VpnPlatformModule,
  AuthModule,
  JobsModule,
  GrpcModule,
];

/** One module per feature, in their declared order (ARCHITECTURE.md). */
const FEATURES = [
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
  SwitchModule,
  NetworkModule,
  IpModule,
  CommandModule,
  VpnModule,
  MachineModule,
  FirewallModule,
  FirmwareModule,
  CapacityModule,
  FsckModule,
];

/** The whole application; which engine and bus it stands on is decided by the caller. */
@Module({})
export class AppModule {
  static of(foundation: Foundation, further: readonly Type[] = []): DynamicModule {
    return { module: AppModule, imports: [...platform(foundation), ...FEATURES, ...further] };
  }
}
