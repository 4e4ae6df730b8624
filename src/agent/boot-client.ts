import { GrpcClient } from '../platform/grpc/grpc-client.js';
import type { GrpcClientSettings } from '../platform/grpc/grpc-client.js';
import type { BootApi, MachineEvent, RegisterRequest, ReportRequest } from './boot-api.js';

/** Calls the gRPC services of the API that machines and leaf switches use. */
export class BootClient implements BootApi {
  private readonly boots: GrpcClient;
  private readonly events: GrpcClient;

  constructor(settings: GrpcClientSettings) {
    this.boots = new GrpcClient(settings, 'api/v1/boot.proto', 'api.v1.BootService');
    this.events = new GrpcClient(settings, 'api/v1/event.proto', 'api.v1.EventService');
  }

  async dhcp(uuid: string): Promise<void> {
    await this.boots.call('Dhcp', { uuid });
  }

  boot(mac: string, partitionId: string): ReturnType<BootApi['boot']> {
    return this.boots.call('Boot', { mac, partitionId });
  }

  superUserPassword(): ReturnType<BootApi['superUserPassword']> {
    return this.boots.call('SuperUserPassword', {});
  }

  register(request: RegisterRequest): ReturnType<BootApi['register']> {
    return this.boots.call('Register', request);
  }

  wait(machineId: string, signal: AbortSignal): Promise<void> {
    return this.boots.stream('Wait', { machineId }, undefined, signal);
  }

  async report(request: ReportRequest): Promise<void> {
    await this.boots.call('Report', request);
  }

  async abortReinstall(uuid: string, primaryDiskWiped: boolean): Promise<void> {
    await this.boots.call('AbortReinstall', { uuid, primaryDiskWiped });
  }

  async send(events: Readonly<Record<string, MachineEvent>>): Promise<string[]> {
    const { failed } = await this.events.call<{ failed: string[] }>('Send', { events }, 20_000);
    return failed;
  }

  close(): void {
    this.boots.close();
    this.events.close();
  }
}
